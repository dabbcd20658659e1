import JSON
import Logging
import MCP
import Synchronization
import TestSupport

/// The client's side of a session in a test.
final class Peer: Sendable {
    let session: Session
    private let sent = Mutex<[Outgoing]>([])

    init(
        _ definition: ServerDefinition = .stub(), principal: String = "ada",
        kind: Session.Kind = .connection, listsTasks: Bool = true
    ) {
        session = Session(
            definition: definition, principal: Principal(name: principal), kind: kind,
            listsTasks: listsTasks)
    }

    /// Everything that came from the server, in order.
    var received: [JSONValue] { sent.withLock { $0.map(\.json) } }
    var outgoing: [Outgoing] { sent.withLock { $0 } }

    /// Notifications and requests of one method.
    func messages(_ method: String) -> [JSONValue] {
        received.filter { $0["method"] == .string(method) }
    }

    var emit: Emit { { message in self.sent.withLock { $0.append(message) } } }

    /// Hands a frame in and runs what it asks for to its end.
    @discardableResult func send(
        _ frame: String, facts: TransportFacts = TransportFacts()
    ) async -> [JSONValue] {
        let before = received.count
        await run(session.receive(Array(frame.utf8), facts: facts))
        return Array(received.dropFirst(before))
    }

    /// Runs what was received.
    func run(_ received: Received) async {
        switch received {
        case .nothing: break
        case .reply(let reply): await emit(reply)
        case .call(let call): await call.run(emit)
        }
    }

    /// Hands a frame in; what it asks for is returned, registered but not run.
    func take(_ frame: String) -> Received { session.receive(Array(frame.utf8)) }

    /// Opens a legacy session.
    func open(_ revision: Revision, capabilities: JSONValue = [:]) async {
        let params: JSONValue = [
            "protocolVersion": .string(revision.rawValue), "capabilities": capabilities,
            "clientInfo": ["name": "peer", "version": "1"],
        ]
        await send(Peer.frame("initialize", params, id: 0))
        await send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
    }

    /// A request and its answer: the last message that came.
    func request(
        _ method: String, _ params: JSONValue = [:], id: JSONValue = 1,
        facts: TransportFacts = TransportFacts()
    ) async -> JSONValue {
        await send(Peer.frame(method, params, id: id), facts: facts).last ?? .null
    }

    /// A modern request and its answer.
    func modern(
        _ method: String, _ params: JSONObject = [:], id: JSONValue = 1,
        capabilities: JSONValue = [:], meta: JSONObject = [:]
    ) async -> JSONValue {
        await send(Peer.modernFrame(method, params, id: id, capabilities: capabilities, meta: meta))
            .last ?? .null
    }

    static func frame(_ method: String, _ params: JSONValue, id: JSONValue) -> String {
        let message: JSONValue = [
            "jsonrpc": "2.0", "id": id, "method": .string(method), "params": params,
        ]
        return message.serialized()
    }

    static func modernFrame(
        _ method: String, _ params: JSONObject = [:], id: JSONValue = 1,
        capabilities: JSONValue = [:], meta: JSONObject = [:]
    ) -> String {
        var params = params
        var all: JSONObject = [
            MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: capabilities,
        ]
        for member in meta.members { all[member.key] = member.value }
        params["_meta"] = .object(all)
        return frame(method, .object(params), id: id)
    }

    /// Waits until a condition on what came holds.
    func waits(_ condition: @escaping @Sendable ([JSONValue]) -> Bool) async -> Bool {
        await holds { condition(self.received) }
    }
}

/// Waits until a condition holds.
func holds(_ condition: @escaping @Sendable () -> Bool) async -> Bool {
    // Only the end of the test's time cancels the wait.
    (try? await eventually(every: .milliseconds(2)) { condition() }) ?? false
}

extension ServerDefinition {
    /// A server with every provider.
    static func stub(
        tools: [Tool] = [Tool(name: "echo", inputSchema: ["type": "object"])],
        bodies: [String: StubTools.Body] = [:], changed: Broadcast? = nil,
        resources: StubResources = StubResources(), tasks: StubTasks? = nil,
        clock: ProtocolClock = .system, change: (inout ServerDefinition) -> Void = { _ in }
    ) -> ServerDefinition {
        var definition = ServerDefinition(
            info: ServerInfo(
                name: "stub", version: "1.2.3", title: "Stub", description: "A server of tests",
                websiteURL: "https://example.org"),
            instructions: "Be kind.",
            tools: StubTools(tools: tools, bodies: bodies, changed: changed),
            resources: resources, prompts: StubPrompts(), completion: StubCompletion(),
            tasks: tasks, seals: StubSeals(), offersLogging: true, clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        change(&definition)
        return definition
    }
}
