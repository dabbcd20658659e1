internal import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient
private import Logging
internal import MCP
internal import Redaction

/// The catalogue as the protocol asks for it.
struct KomodoToolProvider: ToolProvider {
    let context: ToolContext

    /// Every tool there is, in the order of lists.
    static let catalogue: [ToolEntry] =
        ReadRegistry.entries + ExecuteRegistry.tools.map(\.entry) + JobTools.entries

    /// The tool of the catalogue with this name.
    static func entry(_ name: String) -> ToolEntry? { entries[name] }

    private static let entries = Dictionary(
        catalogue.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// Lists change with the release and the token only.
    private static let cache = CacheHint(timeToLive: .seconds(300), scope: .private)

    func tools(for principal: Principal) async throws -> Listing<Tool> {
        let caller = context.caller(principal)
        return Listing(
            offered(to: caller).filter { caller.may($0.scope) }.map(\.tool), cache: Self.cache)
    }

    /// The tool, also where the caller's scopes do not allow it.
    ///
    /// Calling it says what is missing; what hides a tool that is not offered is thrown.
    func tool(_ name: String, for principal: Principal) async throws -> Tool? {
        try offered(name, to: context.caller(principal))?.tool
    }

    func call(
        _ name: String, arguments: JSONObject, context call: CallContext
    ) async throws -> CallOutcome {
        let caller = context.caller(call.principal)
        return try await run(name, ToolCall(name, arguments, caller, call))
    }

    func invalidArguments(
        _ problems: [SchemaProblem], of tool: Tool, context call: CallContext
    ) -> CallResult {
        invalidArguments(problems, of: tool, for: context.caller(call.principal))
    }

    /// The answer to arguments that do not fit; a caller who may not call the tool at all hears that
    /// instead.
    func invalidArguments(
        _ problems: [SchemaProblem], of tool: Tool, for caller: Caller
    ) -> CallResult {
        let entry = offered(to: caller).first { $0.name == tool.name }
        if let entry, !caller.may(entry.scope) {
            return result(forbidden(entry.scope, caller))
        }
        return result(
            ToolFailure(problems.map { ArgumentFault($0) }, hint: "Nothing was done."))
    }

    /// Runs a tool; whatever the model can do something about comes back as a result.
    func run(_ name: String, _ call: ToolCall) async throws -> CallOutcome {
        guard let entry = try offered(name, to: call.caller) else {
            throw RPCError.invalidParams("unknown tool")
        }
        do {
            guard call.caller.may(entry.scope) else {
                throw forbidden(entry.scope, call.caller)
            }
            return outgoing.outcome(
                try await entry.run(call.masked(by: outgoing), context),
                from: entry.toolset.asksKomodo ? .komodo : .ours)
        } catch {
            guard var failure = ToolFailure(error) else {
                // A call that was cancelled while it read the database, or asked Komodo.
                throw error is StoreError || error is KomodoError ? CancellationError() : error
            }
            if failure.code == .internalError { log(failure) }
            if failure.code == .conflict {
                // The engine names jobs in the way, whoever asked for them.
                failure.message = try await JobMentions.hidden(
                    in: failure.message, from: call.caller, context)
            }
            return .result(result(failure))
        }
    }

    private func result(_ failure: ToolFailure) -> CallResult {
        var failure = failure
        failure.message = context.redactor.redact(failure.message)
        if !failure.faults.isEmpty {
            failure.details["problems"] = .array(
                failure.faults.map { $0.json(context.redactor) })
        }
        return outgoing.result(ToolResults.failure(failure, at: context.clock.now()))
    }

    private func log(_ failure: ToolFailure) {
        context.logger.error(
            "A tool failed",
            metadata: [
                LogKey.errorCode: "\(failure.code.rawValue)",
                LogKey.errorMessage: "\(failure.message)",
            ])
    }

    private var outgoing: Outgoing { Outgoing(context.redactor) }

    private func forbidden(_ scope: Scope, _ caller: Caller) -> ToolFailure {
        Forbidden.failure(scope, to: caller, at: context.selection)
    }

    /// The tool, if there is one; throws what hides it from the caller.
    private func offered(_ name: String, to caller: Caller) throws(RPCError) -> ToolEntry? {
        guard let entry = Self.entry(name) else { return nil }
        if let reason = context.hiding(entry, from: caller) { throw .invalidParams(reason) }
        return entry
    }

    private func offered(to caller: Caller) -> [ToolEntry] {
        Self.catalogue.filter {
            context.offers($0, to: caller)
        }
    }
}
