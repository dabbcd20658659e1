package import JSON

/// The application's tools.
package protocol ToolProvider: Sendable {
    /// The tools that `principal` may see, always in the same order.
    func tools(for principal: Principal) async throws -> Listing<Tool>

    /// The tool called `name`, when `principal` may call it.
    func tool(_ name: String, for principal: Principal) async throws -> Tool?

    /// Runs a tool whose arguments fit its schema.
    ///
    /// With ``CallContext/ask(_:_:)`` the call may run again from its start in a later request:
    /// nothing irreversible may happen before the last `ask`.
    ///
    /// - Throws: ``RPCError`` for exactly that error, ``AskError`` when an answer cannot be had;
    ///   anything else becomes an internal error. A failure that the model can act on is a result
    ///   with `isError`.
    func call(_ name: String, arguments: JSONObject, context: CallContext) async throws
        -> CallOutcome

    /// The answer to a call whose arguments do not fit the tool's schema.
    ///
    /// The default is a failed result of one text with a line for each problem.
    ///
    /// - Parameter problems: at least one, at most ``ProtocolLimits/problemsMax``.
    func invalidArguments(_ problems: [SchemaProblem], of tool: Tool, context: CallContext)
        -> CallResult

    /// Yields whenever the list changes; nil when it never does.
    func listChanges() -> AsyncStream<Void>?
}

extension ToolProvider {
    package func tool(_ name: String, for principal: Principal) async throws -> Tool? {
        try await tools(for: principal).items.first { $0.name == name }
    }

    package func invalidArguments(
        _ problems: [SchemaProblem], of tool: Tool, context: CallContext
    ) -> CallResult {
        let lines = problems.map { "- \($0.message)" }.joined(separator: "\n")
        return .text(
            "The arguments of \(tool.name) do not fit its schema; nothing was done.\n\(lines)",
            isError: true)
    }

    package func listChanges() -> AsyncStream<Void>? { nil }
}
