internal import AsyncHTTPClient
internal import JSON
internal import MCP
internal import NIOHTTP1
internal import TestSupport
internal import Testing

@testable import MCPHTTP

/// Tokens that come and go while the server runs.
@Suite(.timeLimit(.minutes(2)))
struct TokenTests {
    /// A server that looks after its tokens often.
    private static func serve(
        _ tokens: TestTokens, _ body: @escaping @Sendable (RunningServer) async throws -> Void
    ) async throws {
        try await RunningServer.with(
            tokens: tokens,
            configured: {
                $0.limits.tokenCheckInterval = .milliseconds(20)
                $0.limits.keepAliveInterval = .milliseconds(50)
            }, body)
    }

    private static func client(_ server: RunningServer, _ token: String) -> TestClient {
        TestClient(url: server.client.url, token: token)
    }

    @Test func theFirstTokenEndsTheTimeWithout() async throws {
        let tokens = TestTokens()
        try await Self.serve(tokens) { (server) async throws in
            let session = try await server.client.session()
            var stream = EventReader(try await session.listen())
            tokens.add("one", "one")
            #expect(try await server.client.modern("server/discover").status == 401)
            let one = Self.client(server, "one")
            #expect(try await one.modern("server/discover").status == 200)
            // The stream ends, and so does the session.
            _ = try await stream.rest()
            #expect(try await eventually { server.endpoint.sessions.all.isEmpty })
        }
    }

    @Test func removingTheLastTokenOpensNothing() async throws {
        let tokens = TestTokens(["one"])
        try await Self.serve(tokens) { (server) async throws in
            let one = Self.client(server, "one")
            #expect(try await one.modern("server/discover").status == 200)
            tokens.remove("one")
            #expect(try await one.modern("server/discover").status == 401)
            #expect(try await server.client.modern("server/discover").status == 401)
        }
    }

    @Test func whatARemovedTokenHasOpenEnds() async throws {
        let tokens = TestTokens(["one", "two"])
        try await Self.serve(tokens) { (server) async throws in
            let one = Self.client(server, "one")
            let two = Self.client(server, "two")
            let session = try await one.session()
            let kept = try await two.session()
            var stream = EventReader(try await session.listen())
            let (headers, body) = TestClient.modern(
                "subscriptions/listen", ["notifications": ["toolsListChanged": true]], id: 9)
            var subscription = EventReader(try await one.open(.POST, headers, body: body))
            let legacy = Task { try await session.send("tools/call", ["name": "hold"], id: 5) }
            let modern = Task { try await one.call("hold") }
            #expect(try await eventually { server.tools.started == 2 })
            tokens.remove("one")
            _ = try await stream.rest()
            _ = try await subscription.rest()
            #expect(try await legacy.value.text.contains("result") == false)
            #expect(try await modern.value.text.contains("result") == false)
            #expect(try await eventually { server.tools.cancelled == 2 })
            #expect(try await eventually { server.endpoint.admission.count(.stream) == 0 })
            #expect(try await session.send("tools/list").status == 401)
            #expect(try await kept.send("tools/list").status == 200)
        }
    }

    @Test func anotherTokenOfTheSameNameInheritsNothing() async throws {
        let tokens = TestTokens(["one"])
        // Nothing is ended meanwhile.
        try await RunningServer.with(tokens: tokens) { (server) async throws in
            let session = try await Self.client(server, "one").session()
            tokens.add("one", "another")
            let heir = TestSession(
                client: Self.client(server, "another"), id: session.id, revision: session.revision)
            #expect(try await heir.send("tools/list").status == 404)
            #expect(try await heir.listen().status == .notFound)
            #expect(try await session.send("tools/list").status == 401)
        }
    }

    @Test func tokensThatCannotBeReadAdmitNobodyAndEndNothing() async throws {
        let tokens = TestTokens(["one"])
        try await Self.serve(tokens) { (server) async throws in
            let one = Self.client(server, "one")
            var stream = EventReader(try await one.session().listen())
            tokens.setReadable(false)
            let refused = try await one.modern("server/discover")
            #expect(refused.status == 503)
            #expect(refused.headers.first(name: "Retry-After") == "2")
            // Several looks at the tokens later, the stream is still there.
            for _ in 0..<4 { #expect(try await stream.next() != nil) }
            tokens.setReadable(true)
            #expect(try await one.modern("server/discover").status == 200)
            #expect(server.endpoint.sessions.all.count == 1)
        }
    }

    @Test func aTokenThatIsRemovedWhileTheBodyArrivesIsNotEnough() async throws {
        let tokens = TestTokens(["one", "two"])
        try await RunningServer.with(tokens: tokens) { (server) async throws in
            let (headers, body) = TestClient.modern("server/discover")
            let fields = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send(
                    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
                        + "Authorization: Bearer one\r\nContent-Type: application/json\r\n"
                        + "\(fields)Content-Length: \(body.utf8.count)\r\n\r\n")
                #expect(
                    try await eventually { server.endpoint.admission.count(.request) == 1 })
                tokens.remove("one")
                try await connection.send(body)
                let answer = try await connection.read { $0.contains("\r\n\r\n") }
                #expect(answer.hasPrefix("HTTP/1.1 401 "))
            }
        }
    }

    @Test func otherAddressesNeedTokensBeforeAnythingListens() async throws {
        let error = await #expect(throws: HTTPServerError.self) {
            try await RunningServer.with(configured: { $0.host = "0.0.0.0" }) { _ in }
        }
        #expect(error?.code == .tokensNeeded)
        let tokens = TestTokens(["one"])
        tokens.setReadable(false)
        let unreadable = await #expect(throws: HTTPServerError.self) {
            try await RunningServer.with(tokens: tokens) { _ in }
        }
        #expect(unreadable?.code == .tokensUnreadable)
        tokens.setReadable(true)
        try await RunningServer.with(tokens: tokens, configured: { $0.host = "0.0.0.0" }) {
            (server) async throws in
            #expect(server.address.port > 0)
        }
    }
}
