internal import JSON
internal import MCP
internal import MCPHTTP
internal import Synchronization

/// Tools whose calls the tests can hold and watch.
final class TestTools: ToolProvider {
    private struct State {
        var isOpen = false
        var waiting: [AsyncStream<Void>.Continuation] = []
        var started = 0
        var cancelled = 0
        var listeners: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    /// Calls of `hold` and `give_back` that have begun.
    var started: Int { state.withLock { $0.started } }
    /// Those among them that were cancelled.
    var cancelled: Int { state.withLock { $0.cancelled } }

    /// Lets every held call go on, now and later.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Tells everybody that the list has changed.
    func changeList() {
        for listener in state.withLock({ $0.listeners }) { listener.yield() }
    }

    func tools(for principal: Principal) async throws -> Listing<Tool> {
        let text: JSONValue = [
            "type": "object", "properties": ["text": ["type": "string"]],
        ]
        let count: JSONValue = [
            "type": "object", "properties": ["count": ["type": "integer"]],
        ]
        return Listing([
            Tool(name: "echo", inputSchema: text), Tool(name: "progress"), Tool(name: "hold"),
            Tool(name: "give_back"), Tool(name: "ask"), Tool(name: "big", inputSchema: count),
            Tool(name: "flood", inputSchema: count),
        ])
    }

    func call(_ name: String, arguments: JSONObject, context: CallContext) async throws
        -> CallOutcome
    {
        switch name {
        case "echo":
            return .result(.text(arguments["text"]?.string ?? ""))
        case "progress":
            for step in 1...3 { context.report(progress: Double(step), total: 3) }
            return .result(.text("done"))
        case "hold":
            return .result(.text(await hold() ? "released" : "cancelled"))
        case "give_back":
            ResponseStream.current?.releaseConnection()
            return .result(.text(await hold() ? "late" : "cancelled"))
        case "ask":
            let form = ElicitationForm(
                message: "Who?",
                schema: [
                    "type": "object", "properties": ["name": ["type": "string"]],
                    "required": ["name"],
                ])
            let answer = try await context.ask("who", .form(form))
            guard case .accepted(let content)? = answer.elicitation else {
                return .result(.text("nobody"))
            }
            return .result(.text("hello \(content["name"]?.string ?? "")"))
        case "big":
            let count = Int(arguments["count"]?.int ?? 0)
            return .result(.text(String(repeating: "x", count: count)))
        case "flood":
            let count = Int(arguments["count"]?.int ?? 0)
            let text = String(repeating: "y", count: 10_000)
            for _ in 0..<count { await context.log(.error, .string(text)) }
            return .result(.text("flooded"))
        default:
            throw RPCError.invalidParams("no such tool")
        }
    }

    func listChanges() -> AsyncStream<Void>? {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0.listeners.append(continuation) }
        return stream
    }

    private func hold() async -> Bool {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let isOpen = state.withLock { state in
            state.started += 1
            state.waiting.append(continuation)
            return state.isOpen
        }
        if isOpen { continuation.finish() }
        for await _ in stream {}
        guard Task.isCancelled else { return true }
        state.withLock { $0.cancelled += 1 }
        return false
    }
}
