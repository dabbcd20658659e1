internal import JSON

/// One validation of one value.
///
/// The same walk answers two questions: whether a value conforms, which ends at the first fault,
/// and what is wrong with it, which collects problems.
struct SchemaEvaluator {
    let program: SchemaProgram
    /// Whether problems are told; off inside what only has to be known, such as `not` and `if`.
    var isCollecting: Bool
    var problems: [SchemaProblem] = []
    var path = SchemaPath()
    let problemsMax: Int
    private var depth = 0
    private var stepsLeft = SchemaLimits.stepsMax
    /// Whether a limit was hit; all answers are void then.
    private(set) var isExhausted = false
    /// The resources that are being evaluated, outermost first.
    private var scope: [Int] = []

    /// An evaluation from the beginning.
    ///
    /// - Parameter collecting: how many problems are collected.
    init(_ program: SchemaProgram, collecting: Int = 0) {
        self.program = program
        problemsMax = collecting
        isCollecting = collecting > 0
    }

    /// Whether `value` conforms; false when a limit was hit.
    mutating func accepts(_ value: JSONValue) -> Bool {
        var marks = SchemaMarks(isNoting: false)
        let holds = conforms(value, to: program.root, &marks)
        return holds && !isExhausted
    }

    /// What is wrong with `value`; one problem that says so when a limit hid the rest.
    mutating func problems(in value: JSONValue) -> [SchemaProblem] {
        if accepts(value) { return [] }
        // What was found before a limit was hit is true all the same.
        guard problems.isEmpty else { return problems }
        let expectation =
            "cannot be checked: it takes more than \(SchemaLimits.stepsMax) steps or "
            + "nests deeper than \(SchemaLimits.depthMax) levels; send a smaller value"
        return [
            SchemaProblem(
                path: "", keyword: "", expectation: expectation, value: nil, missing: nil,
                message: "The value \(expectation).", detail: .none, level: 0)
        ]
    }

    /// Whether `value` conforms to the subschema `node`; notes in `marks` what was evaluated.
    mutating func conforms(_ value: JSONValue, to node: Int, _ marks: inout SchemaMarks) -> Bool {
        charge(1)
        guard !isExhausted, depth < SchemaLimits.depthMax else {
            isExhausted = true
            return false
        }
        let schema = program.nodes[node]
        switch schema.body {
        case .all: return true
        case .none:
            report(value, "", "is not allowed here", detail: .nothing)
            return false
        case .keywords(let keywords):
            depth += 1
            let entersResource = scope.last != schema.resource
            if entersResource { scope.append(schema.resource) }
            var own = SchemaMarks(isNoting: marks.isNoting || schema.notes)
            let holds = conforms(value, to: keywords, of: node, &own)
            if holds { marks.merge(own) }
            if entersResource { scope.removeLast() }
            depth -= 1
            return holds
        }
    }

    private mutating func conforms(
        _ value: JSONValue, to keywords: [SchemaKeyword], of node: Int, _ marks: inout SchemaMarks
    ) -> Bool {
        var holds = true
        for keyword in keywords {
            // After a fault, what is left unevaluated says nothing.
            if !holds, keyword.isUnevaluated { break }
            guard !check(value, keyword, of: node, &marks) else { continue }
            holds = false
            // A value of the wrong type has no need of further problems.
            if case .type = keyword { break }
            if !isCollecting { break }
        }
        return holds
    }

    private mutating func check(
        _ value: JSONValue, _ keyword: SchemaKeyword, of node: Int, _ marks: inout SchemaMarks
    ) -> Bool {
        switch keyword {
        case .type(let types): return checkType(value, types)
        case .constant(let known, let shown): return checkConstant(value, known, shown)
        case .enumeration(let known, let shown): return checkEnumeration(value, known, shown)
        case .bound(let bound): return checkBound(value, bound)
        case .multiple(let divisor, let text): return checkMultiple(value, divisor, text)
        case .size(let bound): return checkSize(value, bound)
        case .pattern(let pattern): return checkPattern(value, pattern)
        case .format(let format): return checkFormat(value, format)
        case .elements(let prefix, let rest): return checkElements(value, prefix, rest, &marks)
        case .contains(let node, let min, let max):
            return checkContains(value, node, min, max, &marks)
        case .uniqueItems: return checkUnique(value)
        case .required(let names): return checkRequired(value, names)
        case .members(let rules): return checkMembers(value, rules, &marks)
        case .propertyNames(let node): return checkNames(value, node)
        case .dependentRequired(let rules): return checkDependentRequired(value, rules)
        case .dependentSchemas(let rules): return checkDependentSchemas(value, rules, &marks)
        case .reference(let node): return conforms(value, to: node, &marks)
        case .dynamicReference(let node, let anchor):
            return conforms(value, to: dynamicTarget(anchor) ?? node, &marks)
        case .allOf(let nodes): return checkAll(value, nodes, &marks)
        case .anyOf(let nodes): return checkAny(value, nodes, &marks)
        case .oneOf(let nodes): return checkOne(value, nodes, &marks)
        case .not(let node): return checkNot(value, node)
        case .condition(let test, let then, let otherwise):
            return checkCondition(value, test, then, otherwise, &marks)
        case .unevaluatedItems(let inner): return checkUnevaluatedItems(value, inner, &marks)
        case .unevaluatedProperties(let inner):
            return checkUnevaluatedProperties(value, inner, of: node, &marks)
        }
    }

    private func dynamicTarget(_ anchor: ExactText) -> Int? {
        for resource in scope {
            if let node = program.dynamicAnchors[resource][anchor] { return node }
        }
        return nil
    }

    // MARK: What the checks have in common

    /// Takes `cost` from the steps that are left.
    mutating func charge(_ cost: Int) {
        stepsLeft -= cost
        if stepsLeft < 0 { isExhausted = true }
    }

    /// Whether a part of the value, one step further, conforms.
    mutating func conforms(
        _ part: JSONValue, at step: SchemaPath.Step, to node: Int
    ) -> Bool {
        path.steps.append(step)
        defer { path.steps.removeLast() }
        var marks = SchemaMarks(isNoting: false)
        return conforms(part, to: node, &marks)
    }

    /// Whether `text` matches; what it costs is charged.
    mutating func matches(_ text: String, _ pattern: SchemaPattern) -> Bool {
        let worth = 16
        var work = max(0, stepsLeft) * worth
        let before = work
        let found = pattern.matches(text, work: &work)
        charge((before - work) / worth + 1)
        if work < 0 { isExhausted = true }
        return found
    }
}
