internal import JSON

extension SchemaEvaluator {
    /// Checks `allOf`.
    mutating func checkAll(
        _ value: JSONValue, _ nodes: [Int], _ marks: inout SchemaMarks
    ) -> Bool {
        var holds = true
        for node in nodes where !conforms(value, to: node, &marks) {
            holds = false
            if !isCollecting || isExhausted { break }
        }
        return holds
    }

    /// Checks `anyOf`; all alternatives are tried when evaluated parts are noted.
    mutating func checkAny(
        _ value: JSONValue, _ nodes: [Int], _ marks: inout SchemaMarks
    ) -> Bool {
        let matching = matching(value, nodes, max: marks.isNoting ? .max : 1, &marks)
        if !matching.isEmpty { return true }
        reportClosest("anyOf", value, nodes)
        return false
    }

    /// Checks `oneOf`.
    mutating func checkOne(
        _ value: JSONValue, _ nodes: [Int], _ marks: inout SchemaMarks
    ) -> Bool {
        let matching = matching(value, nodes, max: 2, &marks)
        switch matching.count {
        case 0: reportClosest("oneOf", value, nodes)
        case 1: return true
        default:
            report(
                value, "oneOf",
                "must match exactly one of \(nodes.count) alternatives, but matches number "
                    + matching.map { String($0 + 1) }.joined(separator: " and number "),
                found: Excerpt.of(value))
        }
        return false
    }

    /// Checks `not`, which notes nothing.
    mutating func checkNot(_ value: JSONValue, _ node: Int) -> Bool {
        let matches = quietly { evaluator in
            var marks = SchemaMarks(isNoting: false)
            return evaluator.conforms(value, to: node, &marks)
        }
        guard matches else { return true }
        let fault = wantsProblems ? excluded(node) : ""
        report(value, "not", fault, found: Excerpt.of(value), detail: .nothing)
        return false
    }

    /// Checks `if` with `then` and `else`.
    mutating func checkCondition(
        _ value: JSONValue, _ test: Int, _ then: Int?, _ otherwise: Int?,
        _ marks: inout SchemaMarks
    ) -> Bool {
        var tested = SchemaMarks(isNoting: marks.isNoting)
        let holds = quietly { $0.conforms(value, to: test, &tested) }
        if holds { marks.merge(tested) }
        guard let next = holds ? then : otherwise else { return true }
        return conforms(value, to: next, &marks)
    }

    /// The positions of the first `max` alternatives that `value` conforms to.
    private mutating func matching(
        _ value: JSONValue, _ nodes: [Int], max: Int, _ marks: inout SchemaMarks
    ) -> [Int] {
        var found: [Int] = []
        for (index, node) in nodes.enumerated() where found.count < max && !isExhausted {
            var own = SchemaMarks(isNoting: marks.isNoting)
            guard quietly({ $0.conforms(value, to: node, &own) }) else { continue }
            marks.merge(own)
            found.append(index)
        }
        return found
    }

    /// What `not` excludes, in words when it is simple.
    private func excluded(_ node: Int) -> String {
        let general = "has a form that is not allowed here"
        guard case .keywords(let keywords) = program.nodes[node].body, keywords.count == 1 else {
            return general
        }
        switch keywords[0] {
        case .type(let types): return "must not be \(types.phrase)"
        case .constant(_, let value): return "must not be \(Excerpt.of(value))"
        case .enumeration(_, let values): return "must be none of \(Excerpt.list(values))"
        case .required(let names):
            return "must not have the \(names.count == 1 ? "property" : "properties together:") "
                + Excerpt.list(names.map { .string($0) })
        case .pattern(let pattern):
            return "must not match the pattern "
                + Excerpt.cut(pattern.text, to: SchemaLimits.nameMax)
        case .bound, .multiple, .size, .format, .elements, .contains, .uniqueItems, .members,
            .propertyNames, .dependentRequired, .dependentSchemas, .reference,
            .dynamicReference, .allOf, .anyOf, .oneOf, .not, .condition, .unevaluatedItems,
            .unevaluatedProperties:
            return general
        }
    }

    // MARK: The closest alternative

    /// Tells what is wrong with `value` for the alternative that it comes closest to.
    private mutating func reportClosest(_ keyword: String, _ value: JSONValue, _ nodes: [Int]) {
        guard wantsProblems else { return }
        let before = problems
        let level = path.steps.count
        var branches: [[SchemaProblem]] = []
        for node in nodes {
            problems = []
            var marks = SchemaMarks(isNoting: false)
            _ = conforms(value, to: node, &marks)
            branches.append(problems)
        }
        problems = before
        let own = branches.map { branch in branch.filter { $0.level == level }.map(\.detail) }
        if let types = Self.commonTypes(own) {
            _ = checkType(value, types)
        } else if let values = Self.commonValues(own) {
            reportChoice(keyword, value, among: values)
        } else {
            let closest = branches.min { Self.isCloser($0, than: $1, at: level) } ?? []
            adopt(closest)
        }
    }

    /// The types of all alternatives, when each fails for the type alone.
    private static func commonTypes(_ branches: [[SchemaProblem.Detail]]) -> TypeSet? {
        var all: TypeSet = []
        for branch in branches where branch != [.nothing] {
            guard case .types(let types) = branch.first else { return nil }
            all.formUnion(types)
        }
        return all.isEmpty ? nil : all
    }

    /// The values of all alternatives, when each fails for being another value.
    private static func commonValues(_ branches: [[SchemaProblem.Detail]]) -> [JSONValue]? {
        var all: [JSONValue] = []
        for branch in branches where branch != [.nothing] {
            guard case .values(let values) = branch.first else { return nil }
            all += values
        }
        return all.isEmpty ? nil : all
    }

    private static func isCloser(
        _ left: [SchemaProblem], than right: [SchemaProblem], at level: Int
    ) -> Bool {
        distance(left, at: level).lexicographicallyPrecedes(distance(right, at: level))
    }

    /// How far a value is from an alternative: nothing fits, the type differs, a fixed value such
    /// as a discriminator differs, then how many problems there are.
    private static func distance(_ problems: [SchemaProblem], at level: Int) -> [Int] {
        let here = problems.filter { $0.level == level }
        let isNothing = here.contains { $0.detail == .nothing }
        let isOtherType = here.contains { if case .types = $0.detail { true } else { false } }
        let isOtherKind = problems.contains { $0.keyword == "const" }
        return [isNothing ? 1 : 0, isOtherType ? 1 : 0, isOtherKind ? 1 : 0, problems.count]
    }
}
