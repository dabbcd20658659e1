internal import JSON

/// What a model is told about arguments that do not fit.
enum ArgumentProblems {
    /// A failed result that names every problem, for the model to try again.
    static func result(_ problems: [SchemaProblem], tool: String) -> CallResult {
        let lines = problems.map { "- \($0.message)" }.joined(separator: "\n")
        return CallResult(
            content: [
                .text("The arguments of \(tool) do not fit its schema; nothing was done.\n\(lines)")
            ],
            isError: true)
    }
}
