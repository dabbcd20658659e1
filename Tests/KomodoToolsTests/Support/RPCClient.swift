import JSON
import JobStore
import MCP
import Synchronization
import Testing

@testable import KomodoTools

/// A client that speaks JSON-RPC to the server, without a transport between.
final class RPCClient: Sendable {
    typealias Answering = @Sendable (JSONValue) -> JSONValue

    let session: Session
    /// The `_meta` of every request; nil for a legacy client.
    private let meta: JSONValue?
    private let nextID = Mutex(0)
    private let answering = Mutex<Answering>({ _ in [:] })

    /// How the client answers what the server asks.
    var answer: Answering {
        get { answering.withLock { $0 } }
        set { answering.withLock { $0 = newValue } }
    }

    /// A legacy connection that has been initialized.
    init(
        _ bench: ToolBench, revision: String = "2025-11-25", capabilities: JSONValue = [:],
        principal: Principal = ToolBench.anna
    ) async throws {
        meta = nil
        session = Session(
            definition: KomodoServer.definition(bench.context), principal: principal,
            kind: .connection)
        let answer = try await request(
            "initialize",
            [
                "protocolVersion": .string(revision), "capabilities": capabilities,
                "clientInfo": ["name": "tests", "version": "1"],
            ])
        #expect(answer["protocolVersion"]?.string == revision)
        _ = session.receive(
            Array(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.utf8))
    }

    /// A client of 2026-07-28.
    init(modern bench: ToolBench, capabilities: JSONValue) {
        meta = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": ["name": "tests", "version": "1"],
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        ]
        session = Session(
            definition: KomodoServer.definition(bench.context), principal: ToolBench.anna,
            kind: .connection)
    }

    /// The `result` of a request.
    func request(_ method: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        let message = try await exchange(method, params)
        return try #require(message["result"], "\(message)")
    }

    /// The whole answer to a request.
    func exchange(_ method: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        let id = nextID.withLock { id in
            id += 1
            return id
        }
        var params = params.object ?? [:]
        if let meta { params["_meta"] = meta }
        let frame: JSONValue = [
            "jsonrpc": "2.0", "id": .int(id), "method": .string(method),
            "params": .object(params),
        ]
        let answers = Collector<JSONValue>()
        switch session.receive(Array(frame.serialized().utf8)) {
        case .nothing: break
        case .reply(let outgoing): answers.add(outgoing.json)
        case .call(let call):
            await call.run { [self] outgoing in
                switch outgoing.kind {
                case .response: answers.add(outgoing.json)
                case .notification: break
                case .request: respond(to: outgoing.json)
                }
            }
        }
        return try #require(answers.all.first)
    }

    /// The result of a tool.
    func tool(_ name: String, _ arguments: JSONValue = [:]) async throws -> JSONValue {
        try await request("tools/call", ["name": .string(name), "arguments": arguments])
    }

    private func respond(to request: JSONValue) {
        let response: JSONValue = [
            "jsonrpc": "2.0", "id": request["id"] ?? .null, "result": answer(request),
        ]
        _ = session.receive(Array(response.serialized().utf8))
    }
}
