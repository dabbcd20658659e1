internal import JSON

extension SchemaEvaluator {
    /// Checks `required`; each missing name is a problem.
    mutating func checkRequired(_ value: JSONValue, _ names: [String]) -> Bool {
        guard case .object(let object) = value else { return true }
        let missing = missing(names, from: object)
        for name in missing {
            report(
                nil, "required",
                "must have the property \(Self.quoted(name)), which is missing", missing: name)
        }
        return missing.isEmpty
    }

    /// Checks `properties`, `patternProperties` and `additionalProperties` in one pass.
    mutating func checkMembers(
        _ value: JSONValue, _ rules: SchemaKeyword.MemberRules, _ marks: inout SchemaMarks
    ) -> Bool {
        guard case .object(let object) = value else { return true }
        var holds = true
        for (index, member) in object.members.enumerated() {
            charge(1 + member.key.utf8.count / 32)
            var isKnown = false
            if let node = rules.named[ExactText(member.key)] {
                isKnown = true
                if !conforms(member.value, at: .member(member.key), to: node) { holds = false }
            }
            for rule in rules.patterns where matches(member.key, rule.pattern) {
                isKnown = true
                if !conforms(member.value, at: .member(member.key), to: rule.node) {
                    holds = false
                }
            }
            if !isKnown, let node = rules.additional {
                isKnown = true
                if !conforms(
                    unknown: member, to: node, "additionalProperties", knowing: rules.names)
                {
                    holds = false
                }
            }
            if isKnown { marks.note(index) }
            if isExhausted || !holds && !isCollecting { return false }
        }
        return holds
    }

    /// Checks `propertyNames`.
    mutating func checkNames(_ value: JSONValue, _ node: Int) -> Bool {
        guard case .object(let object) = value else { return true }
        var holds = true
        for name in object.keys where !conforms(.string(name), at: .name(name), to: node) {
            holds = false
            if !isCollecting || isExhausted { break }
        }
        return holds
    }

    /// Checks `dependentRequired`.
    mutating func checkDependentRequired(
        _ value: JSONValue, _ rules: [SchemaKeyword.DependentRequired]
    ) -> Bool {
        guard case .object(let object) = value else { return true }
        var holds = true
        for rule in rules where has(rule.name, object) {
            for name in missing(rule.required, from: object) {
                holds = false
                report(
                    nil, "dependentRequired",
                    "must have the property \(Self.quoted(name)), which is missing, because it "
                        + "has \(Self.quoted(rule.name))",
                    missing: name)
            }
        }
        return holds
    }

    /// Checks `dependentSchemas`.
    mutating func checkDependentSchemas(
        _ value: JSONValue, _ rules: [SchemaKeyword.DependentSchema], _ marks: inout SchemaMarks
    ) -> Bool {
        guard case .object(let object) = value else { return true }
        var holds = true
        for rule in rules where has(rule.name, object) {
            if !conforms(value, to: rule.node, &marks) { holds = false }
        }
        return holds
    }

    /// Checks the members that nothing in `marks` covers.
    mutating func checkUnevaluatedProperties(
        _ value: JSONValue, _ inner: Int, of node: Int, _ marks: inout SchemaMarks
    ) -> Bool {
        guard case .object(let object) = value else { return true }
        var holds = true
        var names: [String]?
        for (index, member) in object.members.enumerated() where !marks.has(index) {
            if wantsProblems, names == nil {
                names = program.knownNames(of: node)
                charge(names?.count ?? 0)
            }
            guard
                !conforms(
                    unknown: member, to: inner, "unevaluatedProperties", knowing: names ?? [])
            else { continue }
            holds = false
            if !isCollecting || isExhausted { break }
        }
        marks.noteAll()
        return holds
    }

    // MARK: What the checks have in common

    /// Whether a member without a rule of its own conforms to the subschema for such members.
    private mutating func conforms(
        unknown member: JSONObject.Member, to node: Int, _ keyword: String, knowing names: [String]
    ) -> Bool {
        guard case .none = program.nodes[node].body else {
            return conforms(member.value, at: .member(member.key), to: node)
        }
        path.steps.append(.member(member.key))
        defer { path.steps.removeLast() }
        report(
            member.value, keyword, Self.unknown(member.key, knowing: names), detail: .nothing)
        return false
    }

    private static func unknown(_ name: String, knowing names: [String]) -> String {
        guard !names.isEmpty else {
            return "is not a known property; no other properties are accepted here"
        }
        let nearest = NearestName.of(name, among: names)
        let question = nearest.map { " (did you mean \(quoted($0))?)" } ?? ""
        return "is not a known property\(question); known: "
            + Excerpt.list(names.map { .string($0) })
    }

    private mutating func missing(_ names: [String], from object: JSONObject) -> [String] {
        let scanMax = 256
        charge(names.count + object.count / 8)
        guard names.count * object.count > scanMax else {
            return names.filter { object[$0] == nil }
        }
        let present = Set(object.members.lazy.map { ExactText($0.key) })
        return names.filter { !present.contains(ExactText($0)) }
    }

    private mutating func has(_ name: String, _ object: JSONObject) -> Bool {
        charge(1 + object.count / 8)
        return !isExhausted && object[name] != nil
    }

    private static func quoted(_ name: String) -> String {
        Excerpt.quoted(name, limit: SchemaLimits.nameMax)
    }
}
