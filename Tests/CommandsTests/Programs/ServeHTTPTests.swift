internal import Foundation
internal import FoundationNetworking
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// `komodo-mcp serve --transport http`.
@Suite(.timeLimit(.minutes(3))) struct ServeHTTPTests {
    @Test func aDeploymentIsOrderedAndWaitedForWithoutTokens() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.05") { komodo in
            let programs = komodo.programs
            let ended = try await HTTPPeer.with(programs) { peer in
                #expect(peer.announced["tokens"] == 0)
                #expect(peer.url.hasPrefix("http://127.0.0.1:") && peer.url.hasSuffix("/mcp"))
                #expect(try await peer.get("/health").status == 200)
                let isReady = try await peer.get("/ready")
                #expect(isReady.status == 200, "\(isReady.body)")
                let answer = try await peer.call(
                    "komodo_execute_Deploy", ["id": "web", "wait_seconds": 45])
                #expect(answer.status == 200)
                return answer.body["result"]?["structuredContent"]?["data"]
            }
            #expect(ended.value?["status"] == "success", "\(String(describing: ended.value))")
            #expect(ended.status == .exited(0), "\(ended.err)")
            #expect(ended.rest.isEmpty)
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func onlyHoldersOfATokenAreServed() async throws {
        let programs = try Programs.unreachable()
        let token = try #require(try await programs.mcp("tokens", "add", "ada").lines.first)
        let ended = try await HTTPPeer.with(programs) { peer in
            #expect(peer.announced["tokens"] == 1)
            let right = try await peer.call("komodo_jobs_List", token: token)
            #expect(right.status == 200)
            #expect(right.body["result"]?["structuredContent"]?["data"]?["total"] == 0)
            for wrong in [nil, "wrong", token + "x", String(token.dropLast())] {
                let answer = try await peer.call(
                    "komodo_execute_Deploy", ["id": "web"], token: wrong)
                #expect(answer.status == 401)
                #expect(answer.body["error"]?["message"]?.string?.contains("token") == true)
            }
            #expect(try await peer.get("/health").status == 200)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(!ended.err.contains(token))
        #expect(try await programs.jobs("list", "-q").lines.isEmpty)
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func aTokenAllowsWhatItsScopeSays() async throws {
        let programs = try Programs.unreachable()
        let reader = try await programs.mcp("tokens", "add", "reader", "--scope", "read")
        let operating = try await programs.mcp("tokens", "add", "operator")
        let ended = try await HTTPPeer.with(programs) { peer in
            for (tool, token, isForbidden) in [
                ("komodo_execute_Deploy", reader, true),
                ("komodo_execute_StopServer", operating, true),
                ("komodo_execute_Deploy", operating, false),
            ] {
                let answer = try await peer.call(tool, ["id": "web"], token: token.lines.first)
                let code = answer.body["result"]?["structuredContent"]?["code"]
                #expect((code == "FORBIDDEN") == isForbidden, "\(tool): \(answer.body)")
            }
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func theJobsOfAnotherTokenAreUnknown() async throws {
        let programs = try Programs.unreachable()
        let run = try await programs.jobs("run", "deploy", "web", "-q")
        let id = JSONValue.string(try #require(run.lines.first, "\(run.err)"))
        let ada = try await programs.mcp("tokens", "add", "ada", "--scope", "destroy")
        let chief = try await programs.mcp("tokens", "add", "chief", "--scope", "admin")
        let ended = try await HTTPPeer.with(programs) { peer in
            var answers: [JSONValue?] = []
            for token in [ada, chief] {
                let answer = try await peer.call(
                    "komodo_jobs_Get", ["job_id": id], token: token.lines.first)
                answers.append(answer.body["result"]?["structuredContent"])
            }
            #expect(answers.first??["code"] == "NOT_FOUND")
            #expect(answers.last??["data"]?["job_id"] == id)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func readinessSaysWhatIsMissing() async throws {
        for (programs, word) in [
            (try Programs.unreachable(), "komodo-mcp worker"), (try Programs(), "KOMODO_URL"),
        ] {
            let ended = try await HTTPPeer.with(programs) { peer in
                #expect(try await peer.get("/health").status == 200)
                let readiness = try await peer.get("/ready")
                #expect(readiness.status == 503)
                #expect(
                    readiness.body["reason"]?.string?.contains(word) == true, "\(readiness.body)")
                #expect(try await peer.call("komodo_jobs_List").status == 200)
            }
            #expect(ended.status == .exited(0), "\(ended.err)")
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test(arguments: ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"])
    func withoutTokensItListensOnThisMachineAlone(address: String) async throws {
        let programs = try Programs.unreachable()
        let outcome = try await programs.mcp(
            "serve", "--transport", "http", "--bind", address)
        #expect(outcome.code != 0)
        #expect(outcome.out.isEmpty)
        for word in ["token", "loopback", "127.0.0.1"] {
            #expect(outcome.err.contains(word), "\(outcome.err)")
        }
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func withATokenItListensEverywhere() async throws {
        let programs = try Programs.unreachable()
        let token = try await programs.mcp("tokens", "add", "ada").lines.first
        let ended = try await HTTPPeer.with(programs, bind: "0.0.0.0:0") { peer in
            #expect(peer.url.hasPrefix("http://0.0.0.0:"))
            let right = try await peer.call("komodo_jobs_List", token: token)
            #expect(right.status == 200)
            let wrong = try await peer.call("komodo_jobs_List")
            #expect(wrong.status == 401)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func anAddressThatIsTakenIsNamed() async throws {
        let programs = try Programs.unreachable()
        let ended = try await HTTPPeer.with(programs) { peer in
            let outcome = try await programs.mcp(
                "serve", "--transport", "http", "--bind", "127.0.0.1:\(peer.port)")
            #expect(outcome.code != 0)
            #expect(outcome.out.isEmpty)
            #expect(outcome.err.contains("127.0.0.1, port \(peer.port)"), "\(outcome.err)")
            #expect(try await peer.get("/health").status == 200)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }
}

/// A client of a server over HTTP, which asks in the form of 2026-07-28.
private struct HTTPPeer: Sendable {
    /// What the server printed.
    let announced: JSONValue
    let url: String
    let port: Int

    /// Runs `body` beside a server, then ends it with SIGTERM.
    static func with<Value: Sendable>(
        _ programs: Programs, bind: String = "127.0.0.1:0",
        _ body: (HTTPPeer) async throws -> Value
    ) async throws -> MCPPeer.Ending<Value> {
        try await MCPPeer.with(programs, ["serve", "--transport", "http", "--bind", bind]) {
            server in
            let announced = try #require(try await server.next())
            let url = try #require(announced["url"]?.string)
            let peer = HTTPPeer(
                announced: announced, url: url, port: try #require(URL(string: url)?.port))
            let value = try await body(peer)
            server.signal(SIGTERM)
            return value
        }
    }

    /// The answer to GET.
    func get(_ path: String) async throws -> (status: Int, body: JSONValue) {
        try await send(try request(path))
    }

    /// The answer to the call of a tool.
    func call(
        _ tool: String, _ arguments: JSONValue = [:], token: String? = nil
    ) async throws -> (status: Int, body: JSONValue) {
        let prefix = "io.modelcontextprotocol/"
        let frame: JSONValue = [
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": [
                "name": .string(tool), "arguments": arguments,
                "_meta": .object(
                    JSONObject([
                        (prefix + "protocolVersion", "2026-07-28"),
                        (prefix + "clientCapabilities", [:]),
                    ])),
            ],
        ]
        var message = try request("/mcp")
        message.httpMethod = "POST"
        message.httpBody = Data(frame.serialized().utf8)
        let fields = [
            "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": tool,
        ]
        for (name, value) in fields { message.setValue(value, forHTTPHeaderField: name) }
        if let token { message.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        return try await send(message)
    }

    private func request(_ path: String) throws -> URLRequest {
        URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
    }

    private func send(_ request: URLRequest) async throws -> (status: Int, body: JSONValue) {
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = try #require((response as? HTTPURLResponse)?.statusCode)
        return (status, try Self.json(String(decoding: data, as: UTF8.self)))
    }

    /// The body, or the last event when a slow answer came as a stream.
    private static func json(_ text: String) throws -> JSONValue {
        let events = text.split(separator: "\n").filter { $0.hasPrefix("data:") }
        guard let last = events.last else { return try JSONValue(parsing: text) }
        return try JSONValue(parsing: String(last.dropFirst("data:".count)))
    }
}
