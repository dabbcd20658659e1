internal import JSON

/// How problems are told, and when they are not.
extension SchemaEvaluator {
    /// Does `body` without telling problems.
    mutating func quietly(_ body: (inout SchemaEvaluator) -> Bool) -> Bool {
        let wasCollecting = isCollecting
        isCollecting = false
        defer { isCollecting = wasCollecting }
        return body(&self)
    }

    /// Whether a problem would be told now.
    var wantsProblems: Bool {
        isCollecting && problems.count < problemsMax && !isExhausted
    }

    /// Takes over problems that were collected apart.
    mutating func adopt(_ others: [SchemaProblem]) {
        for problem in others where problems.count < problemsMax { add(problem) }
    }

    /// Tells a problem with the value at hand: `expectation` follows the name of the value,
    /// `found` follows after it.
    mutating func report(
        _ value: JSONValue?, _ keyword: String, _ expectation: @autoclosure () -> String,
        found: @autoclosure () -> String? = nil, missing: String? = nil,
        detail: SchemaProblem.Detail = .none
    ) {
        guard wantsProblems else { return }
        let pointer = path.pointer
        charge(pointer.utf8.count / 32)
        let expectation = expectation()
        var message = path.subject + " " + expectation
        if let found = found() { message += "; found " + found }
        add(
            SchemaProblem(
                path: pointer, keyword: keyword, expectation: expectation, value: value,
                missing: missing, message: message + ".", detail: detail,
                level: path.steps.count))
    }

    /// Adds a problem, unless two ways through the schema have come upon the same one.
    private mutating func add(_ problem: SchemaProblem) {
        guard !problems.contains(problem) else { return }
        problems.append(problem)
    }
}
