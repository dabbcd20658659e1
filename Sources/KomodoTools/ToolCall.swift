internal import JSON
internal import Jobs
internal import MCP

/// One call of a tool: its arguments, who asks, and the ways back to the client.
struct ToolCall: Sendable {
    let tool: String
    let arguments: ToolArguments
    let caller: Caller
    /// How the client names itself, with its trace context: stored with the jobs it asks for.
    let origin: NewJob.Caller
    let taskMode: TaskMode
    /// Tells the client how far it is.
    let report: @Sendable (_ progress: Double, _ message: String) -> Void
    /// Whether the client can put something to its user.
    let canAsk: @Sendable (ClientRequest) -> Bool
    /// Puts it to the user; may throw what the protocol needs to come back later.
    let ask: @Sendable (String, ClientRequest) async throws -> ClientAnswer
}

extension ToolCall {
    /// The longest trace context that is stored, in bytes; W3C's own has 55.
    private static let traceContextMax = 256

    init(
        _ tool: String, _ arguments: JSONObject, _ caller: Caller, _ context: CallContext
    ) {
        self.init(
            tool: tool, arguments: ToolArguments(arguments), caller: caller,
            origin: Self.origin(caller, context.client, context.meta),
            taskMode: context.taskMode,
            report: { context.report(progress: $0, message: $1) },
            canAsk: { context.canAsk($0) }, ask: { try await context.ask($0, $1) })
    }

    /// The call with ways back to the client on which secrets are masked.
    func masked(by outgoing: Outgoing) -> ToolCall {
        ToolCall(
            tool: tool, arguments: arguments, caller: caller, origin: origin, taskMode: taskMode,
            report: { [report] in report($0, outgoing.sentence($1)) }, canAsk: canAsk,
            ask: { [ask] in try await ask($0, outgoing.request($1)) })
    }

    private static func origin(
        _ caller: Caller, _ client: ClientInfo?, _ meta: JSONObject
    ) -> NewJob.Caller {
        let trace = meta["traceparent"]?.string.flatMap {
            $0.utf8.count <= traceContextMax ? $0 : nil
        }
        return NewJob.Caller(
            principal: caller.name,
            clientName: BoundedText.line(client?.name ?? "unknown", max: 100),
            clientVersion: BoundedText.line(client?.version ?? "", max: 100),
            traceContext: trace)
    }
}
