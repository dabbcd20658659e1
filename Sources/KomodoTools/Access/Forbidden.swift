internal import JSON

/// The refusal of what a token, or this server, does not allow.
enum Forbidden {
    /// The refusal of `scope` at a server that offers `server`, with what is in its way.
    static func failure(
        _ scope: Scope, to caller: Caller, at server: ToolSelection
    ) -> ToolFailure {
        ToolFailure(
            .forbidden, reason(scope, caller, server),
            details: ["scope": .string(scope.rawValue)])
    }

    private static func reason(
        _ scope: Scope, _ caller: Caller, _ server: ToolSelection
    ) -> String {
        guard let own = caller.scope, own >= scope else {
            return "This token lacks the scope '\(scope.rawValue)', so nothing was done. Ask "
                + "whoever runs this server for a token that has it."
        }
        if !server.permits(scope) {
            let option = server.isReadOnly ? "--read-only" : "--no-destroy"
            return "This server was started with \(option), so nothing was done."
        }
        let word = caller.selection.isReadOnly ? "read-only" : "no-destroy"
        return "This token is limited to '\(word)', so nothing was done. Ask whoever runs this "
            + "server for a token without that limit."
    }
}
