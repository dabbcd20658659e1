import JSON
import MCP
import Synchronization

/// Tools of a test.
struct StubTools: ToolProvider {
    typealias Body = @Sendable (JSONObject, CallContext) async throws -> CallOutcome

    var tools: [Tool]
    var cache = CacheHint(timeToLive: .seconds(60), scope: .public)
    var bodies: [String: Body]
    var changed: Broadcast?

    func tools(for principal: Principal) async throws -> Listing<Tool> {
        Listing(tools, cache: cache)
    }

    func call(_ name: String, arguments: JSONObject, context: CallContext) async throws
        -> CallOutcome
    {
        guard let body = bodies[name] else { return .result(.text("called \(name)")) }
        return try await body(arguments, context)
    }

    func listChanges() -> AsyncStream<Void>? { changed?.stream() }
}

/// Tools that answer arguments which do not fit in their own way.
struct RefusingTools: ToolProvider {
    var list: [Tool]

    func tools(for principal: Principal) async throws -> Listing<Tool> { Listing(list) }

    func call(_ name: String, arguments: JSONObject, context: CallContext) async throws
        -> CallOutcome
    { .result(.text("called")) }

    func invalidArguments(
        _ problems: [SchemaProblem], of tool: Tool, context: CallContext
    ) -> CallResult {
        let details = problems.map { problem -> JSONValue in
            [
                "path": .string(problem.path), "expectation": .string(problem.expectation),
                "value": problem.value ?? .null, "allowed": .array(problem.allowed ?? []),
                "missing": problem.missing.map { .string($0) } ?? .null,
            ]
        }
        return CallResult(
            structured: [
                "tool": .string(tool.name), "who": .string(context.principal.name),
                "details": .array(details),
            ], isError: true)
    }
}

/// Resources of a test.
struct StubResources: ResourceProvider {
    var updated = Broadcast()
    var isSubscribable: Bool { true }

    func resources(after cursor: String?, for principal: Principal) async throws
        -> Listing<Resource>
    {
        switch cursor {
        case nil:
            Listing(
                [Resource(uri: "test://a", name: "a", title: "A", size: 3)], nextCursor: "")
        case "": Listing([Resource(uri: "test://b", name: "b", icons: [Icon(source: "data:,")])])
        default: throw RPCError.invalidParams("unknown cursor")
        }
    }

    func templates(for principal: Principal) async throws -> Listing<ResourceTemplate> {
        Listing([ResourceTemplate(uriTemplate: "test://t/{id}", name: "t")])
    }

    func read(_ uri: String, context: CallContext) async throws -> ResourceReading? {
        if uri == "test://ask" {
            let answer = try await context.ask("name", .form(StubForms.name))
            return ResourceReading([ResourceContents(uri: uri, body: .text("\(answer)"))])
        }
        guard uri == "test://a" else { return nil }
        return ResourceReading(
            [ResourceContents(uri: uri, mimeType: "text/plain", body: .text("abc"))],
            cache: CacheHint(timeToLive: .seconds(5), scope: .private))
    }

    func updates(of uri: String, for principal: Principal) async throws -> AsyncStream<Void>? {
        uri == "test://a" ? updated.stream() : nil
    }
}

/// Forms of the tests.
enum StubForms {
    static let name = ElicitationForm(
        message: "Who?",
        schema: [
            "type": "object", "properties": ["name": ["type": "string", "minLength": 2]],
            "required": ["name"],
        ])
    static let sure = ElicitationForm(
        message: "Sure?",
        schema: [
            "type": "object", "properties": ["sure": ["type": "boolean"]], "required": ["sure"],
        ])
}

/// Prompts of a test.
struct StubPrompts: PromptProvider {
    func prompts(for principal: Principal) async throws -> Listing<Prompt> {
        Listing([
            Prompt(
                name: "greet", title: "Greet", description: "Greets",
                arguments: [Prompt.Argument(name: "who", title: "Who", isRequired: true)])
        ])
    }

    func prompt(_ name: String, arguments: [String: String], context: CallContext) async throws
        -> PromptResult?
    {
        PromptResult(messages: [
            PromptMessage(role: .user, content: .text("Hello \(arguments["who"] ?? "")"))
        ])
    }
}

/// Proposals of a test: 150 of them.
struct StubCompletion: CompletionProvider {
    func complete(_ query: CompletionQuery, for principal: Principal) async throws -> Completion? {
        guard query.argument == "who" else { return nil }
        return Completion(values: (0..<150).map { "\(query.value)\($0)" }, total: 150)
    }
}

/// A keeper whose memory is a set.
final class StubSeals: SealKeeper {
    private let spent = Mutex<Set<String>>([])

    func key() async throws -> [UInt8] { [UInt8](repeating: 7, count: 32) }

    func spend(_ nonce: String, until expiry: Timestamp) async throws -> Bool {
        spent.withLock { $0.insert(nonce).inserted }
    }
}

/// Tells any number of listeners.
final class Broadcast: Sendable {
    private let listeners = Mutex<[AsyncStream<Void>.Continuation]>([])

    var count: Int { listeners.withLock { $0.count } }

    func stream() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        listeners.withLock { $0.append(continuation) }
        return stream
    }

    func tell() {
        for listener in listeners.withLock({ $0 }) { listener.yield() }
    }

    /// Ends what everybody listens to so far.
    func finish() {
        let ended = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        for listener in ended { listener.finish() }
    }
}

/// Tasks in memory, by principal.
final class StubTasks: TaskProvider {
    private struct State {
        var tasks: [String: TaskView] = [:]
        var owners: [String: String] = [:]
        var answers: [String: JSONValue] = [:]
    }

    private let state = Mutex(State())
    private let endsFirst: Bool
    let changed = Broadcast()

    /// - Parameter endsFirst: whether a task that is to be cancelled turns out to have ended.
    init(endsFirst: Bool = false) { self.endsFirst = endsFirst }

    var answers: [String: JSONValue] { state.withLock { $0.answers } }

    func put(_ view: TaskView, owner: String = "ada") {
        state.withLock { state in
            state.tasks[view.id] = view
            state.owners[view.id] = owner
        }
        changed.tell()
    }

    /// A new working task.
    @discardableResult func start(_ id: String, owner: String = "ada") -> TaskView {
        let view = TaskView(
            id: id, state: .working, statusMessage: "at work",
            createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 1_500),
            timeToLive: .seconds(60), pollInterval: .seconds(1))
        put(view, owner: owner)
        return view
    }

    /// Changes what a task says of itself.
    func say(_ id: String, _ message: String) {
        state.withLock { $0.tasks[id]?.statusMessage = message }
        changed.tell()
    }

    func end(_ id: String, _ end: TaskView.State) {
        state.withLock { $0.tasks[id]?.state = end }
        changed.tell()
    }

    func task(_ id: String, for principal: Principal) async throws -> TaskView? {
        state.withLock { $0.owners[id] == principal.name ? $0.tasks[id] : nil }
    }

    func tasks(after cursor: String?, for principal: Principal) async throws -> Listing<TaskView> {
        guard cursor == nil else { throw RPCError.invalidParams("unknown cursor") }
        return state.withLock { state in
            Listing(
                state.tasks.values.filter { state.owners[$0.id] == principal.name }
                    .sorted { $0.id < $1.id })
        }
    }

    func changes(of id: String, for principal: Principal) -> AsyncStream<Void> { changed.stream() }

    func cancel(_ id: String, for principal: Principal, hidesOutcome: Bool) async throws
        -> TaskView?
    {
        let view = state.withLock { state in
            if endsFirst {
                state.tasks[id]?.state = .ended(.result(.text("done")))
            } else if hidesOutcome {
                state.tasks[id]?.isCancelledView = true
            }
            return state.tasks[id]
        }
        changed.tell()
        return view
    }

    func update(_ id: String, answers: [String: JSONValue], for principal: Principal) async throws
        -> Bool
    {
        let isKnown = state.withLock { state in
            guard state.owners[id] == principal.name else { return false }
            state.answers.merge(answers) { $1 }
            state.tasks[id]?.state = .working
            return true
        }
        changed.tell()
        return isKnown
    }
}
