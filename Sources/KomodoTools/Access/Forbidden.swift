internal import JSON

/// The refusal of what a token does not allow.
enum Forbidden {
    static func failure(_ scope: Scope) -> ToolFailure {
        ToolFailure(
            .forbidden,
            "This token lacks the scope '\(scope.rawValue)', so nothing was done. Ask whoever runs "
                + "this server for a token that has it.",
            details: ["scope": .string(scope.rawValue)])
    }
}
