internal import JSON
internal import MCP
internal import NIOHTTP1
internal import Synchronization
internal import TestSupport
internal import Testing

@testable import MCPHTTP

/// What the server refuses, and what it does with clients that misbehave.
@Suite(.timeLimit(.minutes(2)))
struct BoundsTests {
    private static let head =
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nContent-Type: application/json\r\n"
        + "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: server/discover\r\n"

    @Test func healthAndReadinessNeedNoToken() async throws {
        let hash = TokenRegistry.hash(of: "t")
        let tokens = try TokenRegistry([.init(name: "a", hash: hash, scopes: [])])
        try await RunningServer.with(tokens: tokens, ready: { .notReady("the store is \"shut\"") })
        {
            (server) async throws in
            let health = try await server.client.send(.GET, path: "/health")
            #expect(health.status == 200)
            #expect(try health.json == ["status": "ok"])
            let ready = try await server.client.send(.GET, path: "/ready")
            #expect(ready.status == 503)
            #expect(try ready.json["reason"] == "the store is \"shut\"")
            #expect(try await server.client.send(.POST, path: "/health").status == 405)
            #expect(try await server.client.send(.HEAD, path: "/health").status == 200)
            for path in [
                "/.well-known/oauth-protected-resource",
                "/.well-known/oauth-protected-resource/mcp", "/elsewhere",
            ] {
                #expect(try await server.client.send(.GET, path: path).status == 404)
            }
            let answer = try await server.client.modern("server/discover")
            #expect(answer.status == 401)
            #expect(answer.headers.first(name: "WWW-Authenticate") == "Bearer")
        }
    }

    @Test func readinessIsFoundOutNowAndThenHoweverOftenItIsAskedFor() async throws {
        let looks = Mutex(0)
        try await RunningServer.with(
            ready: {
                looks.withLock { $0 += 1 }
                return .ready
            },
            configured: { $0.limits.readyKept = .seconds(600) }
        ) { (server) async throws in
            for _ in 0..<5 {
                #expect(try await server.client.send(.GET, path: "/ready").status == 200)
            }
            #expect(looks.withLock { $0 } == 1)
        }
        try await RunningServer.with(
            ready: {
                looks.withLock { $0 += 1 }
                return .ready
            },
            configured: { $0.limits.readyKept = .zero }
        ) { (server) async throws in
            for _ in 0..<2 { _ = try await server.client.send(.GET, path: "/ready") }
            #expect(looks.withLock { $0 } == 3)
        }
    }

    @Test(arguments: [(1_024, 896), (100_000, 1_024), (Int.max, 1_024), (200, 72), (64, 16)])
    func connectionsLeaveTheProcessFilesToWorkWith(files: Int, connections: Int) {
        #expect(HTTPLimits().connections(within: files) == connections)
    }

    @Test func readinessThatTakesTooLongIsNone() async throws {
        try await RunningServer.with(
            ready: {
                let (never, input) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                input.finish()
                return .ready
            },
            configured: { $0.limits.readyTimeout = .milliseconds(20) }
        ) { (server) async throws in
            #expect(try await server.client.send(.GET, path: "/ready").status == 503)
        }
    }

    @Test func reboundNamesAreRefused() async throws {
        try await RunningServer.with { (server) async throws in
            for (host, origin, status) in [
                ("evil.example.com", "http://evil.example.com", "403"),
                ("localhost:1", "http://evil.example.com", "403"),
                ("evil.example.com", "http://localhost:1", "403"),
                ("localhost:\(server.address.port)", "http://localhost:3000", "200"),
                ("127.0.0.1", "http://[::1]:8", "200"),
            ] {
                let (headers, body) = TestClient.modern("server/discover")
                let answer = try await server.client.send(
                    .POST, headers + [("Host", host), ("Origin", origin)], body: body)
                #expect("\(answer.status)" == status, "\(host) \(origin)")
            }
        }
    }

    @Test func theWrongTypesAreRefused() async throws {
        try await RunningServer.with { (server) async throws in
            let (headers, body) = TestClient.modern("server/discover")
            let accept = try await server.client.send(
                .POST, headers + [("Accept", "application/json")], body: body)
            #expect(accept.status == 406)
            let type = try await server.client.send(
                .POST, headers + [("Content-Type", "text/plain")], body: body)
            #expect(type.status == 415)
        }
    }

    @Test(arguments: [true, false])
    func aLargeBodyIsRefused(isAnnounced: Bool) async throws {
        try await RunningServer.with(configured: {
            $0.limits.bodyBytesMax = 1_000
        }) { (server) async throws in
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                let length =
                    isAnnounced ? "Content-Length: 100000000" : "Transfer-Encoding: chunked"
                try await connection.send(Self.head + length + "\r\n\r\n")
                if !isAnnounced {
                    let chunk = String(repeating: "x", count: 2_000)
                    try await connection.send("7d0\r\n\(chunk)\r\n")
                }
                let answer = try await connection.read()
                #expect(answer.hasPrefix("HTTP/1.1 413 "))
                #expect(answer.lowercased().contains("connection: close"))
            }
            #expect(try await server.client.modern("server/discover").status == 200)
        }
    }

    @Test func aSlowBodyIsGivenUp() async throws {
        try await RunningServer.with(configured: {
            $0.limits.bodyTimeout = .milliseconds(50)
            $0.limits.lingerTimeout = .milliseconds(50)
        }) { (server) async throws in
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send(Self.head + "Content-Length: 100\r\n\r\n{\"json")
                let answer = try await connection.read()
                #expect(answer.hasPrefix("HTTP/1.1 408 "))
            }
            #expect(try await eventually { server.endpoint.admission.count(.request) == 0 })
            #expect(try await server.client.modern("server/discover").status == 200)
        }
    }

    @Test func halfARequestTakesAConnectionForAWhileOnly() async throws {
        try await RunningServer.with(configured: {
            // Long enough to write within it on a slow machine.
            $0.limits.idleTimeout = .seconds(2)
        }) { (server) async throws in
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send("POST /mcp HTTP/1.1\r\nHost: loc")
                #expect(try await connection.read().isEmpty)
            }
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                #expect(try await connection.read().isEmpty)
            }
        }
    }

    @Test func aBodyThatBreaksOffIsNotTaken() async throws {
        try await RunningServer.with { (server) async throws in
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send(Self.head + "Content-Length: 500\r\n\r\n{}")
                #expect(
                    try await eventually { server.endpoint.admission.count(.request) == 1 })
            }
            #expect(try await eventually { server.endpoint.admission.count(.request) == 0 })
            #expect(try await server.client.modern("server/discover").status == 200)
        }
    }

    @Test func nonsenseIsAnsweredAndForgotten() async throws {
        try await RunningServer.with { (server) async throws in
            for text in ["\r\n\r\n\0\0", "GET\r\n\r\n", "POST /mcp HTTP/9.9\r\n\r\n"] {
                try await RawConnection.with(port: server.address.port) {
                    (connection) async throws in
                    try await connection.send(text)
                    _ = try await connection.read { $0.contains("\r\n\r\n") }
                }
            }
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send("GET /mcp HTTP/1.1\r\n\r\n")
                let answer = try await connection.read { $0.contains("\r\n\r\n") }
                #expect(answer.hasPrefix("HTTP/1.1 400 "))
            }
            #expect(try await server.client.modern("server/discover").status == 200)
        }
    }

    @Test func aClientThatWaitsForPermissionGetsIt() async throws {
        try await RunningServer.with { (server) async throws in
            let (_, body) = TestClient.modern("server/discover")
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send(
                    Self.head + "Expect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                )
                let permission = try await connection.read { $0.contains("\r\n\r\n") }
                #expect(permission.hasPrefix("HTTP/1.1 100 "))
            }
        }
    }

    @Test func requestsBeyondTheBoundsAreToldToWait() async throws {
        try await RunningServer.with(
            tokens: TestTokens(["one", "two"]),
            configured: {
                $0.limits.requestsPerPrincipalMax = 1
            }
        ) { (server) async throws in
            let one = TestClient(url: server.client.url, token: "one")
            let two = TestClient(url: server.client.url, token: "two")
            let session = try await one.session()
            let held = Task { try await session.send("tools/call", ["name": "hold"], id: 1) }
            #expect(try await eventually { server.tools.started == 1 })
            let refused = try await one.modern("server/discover")
            #expect(refused.status == 429)
            #expect(refused.headers.first(name: "Retry-After") == "2")
            #expect(try await two.modern("server/discover").status == 200)
            server.tools.open()
            _ = try await held.value
            #expect(
                try await eventually {
                    try await one.modern("server/discover").status == 200
                })
        }
        try await RunningServer.with(configured: {
            $0.limits.requestsMax = 0
        }) { (server) async throws in
            let refused = try await server.client.modern("server/discover")
            #expect(refused.status == 503)
            #expect(refused.headers.first(name: "Retry-After") == "2")
        }
    }

    @Test func streamsBeyondTheBoundsAreToldToWait() async throws {
        try await RunningServer.with(
            tokens: TestTokens(["one"]),
            configured: {
                $0.limits.streamsPerPrincipalMax = 1
            }
        ) { (server) async throws in
            let one = TestClient(url: server.client.url, token: "one")
            let stream = try await one.session().listen()
            let answer = try await one.modern(
                "subscriptions/listen", ["notifications": [:]], id: 7)
            #expect(answer.status == 429)
            #expect(try answer.json["id"] == 7)
            withExtendedLifetime(stream) {}
        }
    }

    @Test func sessionsBeyondTheBoundsAreRefused() async throws {
        try await RunningServer.with(configured: {
            $0.limits.sessionsMax = 2
        }) { (server) async throws in
            let first = try await server.client.session()
            _ = try await server.client.session()
            #expect(try await server.client.initialize().status == 503)
            _ = try await server.client.send(.DELETE, first.headers)
            #expect(try await server.client.initialize().status == 200)
        }
        try await RunningServer.with(
            tokens: TestTokens(["one"]),
            configured: {
                $0.limits.sessionsPerPrincipalMax = 1
            }
        ) { (server) async throws in
            let one = TestClient(url: server.client.url, token: "one")
            _ = try await one.session()
            let answer = try await one.initialize()
            #expect(answer.status == 429)
            #expect(try answer.json["id"] == 1)
            #expect(answer.headers.first(name: "Mcp-Session-Id") == nil)
        }
    }

    @Test(arguments: [true, false])
    func theSessionThatWasUnusedForLongestMakesRoom(isOfOneToken: Bool) async throws {
        try await RunningServer.with(
            tokens: TestTokens(["one"]),
            configured: {
                if isOfOneToken {
                    $0.limits.sessionsPerPrincipalMax = 3
                } else {
                    $0.limits.sessionsMax = 3
                }
                $0.limits.sessionKeepMin = .zero
            }
        ) { (server) async throws in
            let one = TestClient(url: server.client.url, token: "one")
            let busy = try await one.session()
            let stream = try await busy.listen()
            let unused = try await one.session()
            let used = try await one.session()
            _ = try await used.send("tools/list")
            let new = try await one.session()
            #expect(try await unused.send("tools/list").status == 404)
            for session in [busy, used, new] {
                #expect(try await session.send("tools/list").status == 200)
            }
            withExtendedLifetime(stream) {}
        }
    }

    @Test func aLargeAnswerArrivesWhole() async throws {
        try await RunningServer.with { (server) async throws in
            let answer = try await server.client.call("big", ["count": 5_000_000])
            #expect(try answer.toolText?.utf8.count == 5_000_000)
            let session = try await server.client.session()
            let again = try await session.send(
                "tools/call", ["name": "big", "arguments": ["count": 5_000_000]], id: 3)
            #expect(again.text.utf8.count > 5_000_000)
        }
    }

    @Test func aClientThatDoesNotReadAnAnswerIsLeft() async throws {
        try await RunningServer.with(configured: {
            $0.limits.writeTimeout = .milliseconds(200)
        }) { (server) async throws in
            let (headers, body) = TestClient.modern(
                "tools/call", ["name": "big", "arguments": ["count": 30_000_000]])
            let fields = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send(
                    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
                        + "Content-Type: application/json\r\n\(fields)"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                #expect(try await eventually { server.connections.count == 1 })
                #expect(
                    try await eventually(within: .seconds(30)) { server.connections.count == 0 })
            }
        }
    }

    @Test func largeMessagesWaitForRoomToBeWorkedOn() async throws {
        try await RunningServer.with(configured: {
            $0.limits.smallBodyBytesMax = 1_000
            $0.limits.workBytesMax = 4_000
            $0.limits.workWaitMax = .seconds(100)
        }) { (server) async throws in
            let text = JSONValue.string(String(repeating: "x", count: 3_000))
            let client = server.client
            let held = Task { try await client.call("hold", meta: ["text": text]) }
            #expect(try await eventually { server.tools.started == 1 })
            let waiting = Task { try await client.call("echo", ["text": text]) }
            #expect(try await eventually { server.endpoint.bodies.waiterCount == 1 })
            // Small ones pass.
            #expect(try await client.call("echo", ["text": "small"]).toolText == "small")
            server.tools.open()
            #expect(try await held.value.toolText == "released")
            #expect(try await waiting.value.toolText?.count == 3_000)
            #expect(try await eventually { server.endpoint.admission.count(.request) == 0 })
            // One that is larger than all the room comes in alone.
            let large = JSONValue.string(String(repeating: "x", count: 9_000))
            #expect(try await client.call("echo", ["text": large]).toolText?.count == 9_000)
        }
    }

    @Test func whoFindsNoRoomForALargeMessageIsToldToComeBack() async throws {
        try await RunningServer.with(configured: {
            $0.limits.smallBodyBytesMax = 1_000
            $0.limits.workBytesMax = 4_000
            $0.limits.workWaitMax = .milliseconds(50)
        }) { (server) async throws in
            let text = JSONValue.string(String(repeating: "x", count: 3_000))
            let client = server.client
            let held = Task { try await client.call("hold", meta: ["text": text]) }
            #expect(try await eventually { server.tools.started == 1 })
            let refused = try await client.call("echo", ["text": text])
            #expect(refused.status == 503)
            #expect(refused.headers.first(name: "Retry-After") == "2")
            #expect(
                try refused.json["error"]?["message"]?.string
                    == "The server has no room for large messages")
            server.tools.open()
            #expect(try await held.value.toolText == "released")
            #expect(try await client.call("echo", ["text": text]).status == 200)
        }
    }

    @Test func callsBeyondTheBoundAreToldToWait() async throws {
        try await RunningServer.with(configured: { $0.limits.callsMax = 2 }) {
            (server) async throws in
            let client = server.client
            // A session takes a place as long as it lives.
            let session = try await client.session()
            let held = Task { try await client.call("hold") }
            #expect(try await eventually { server.tools.started == 1 })
            for refused in [try await client.call("echo"), try await client.initialize()] {
                #expect(refused.status == 503)
                #expect(refused.headers.first(name: "Retry-After") == "2")
                #expect(
                    try refused.json["error"]?["message"]?.string
                        == "The server has no room for more calls")
            }
            server.tools.open()
            #expect(try await held.value.toolText == "released")
            #expect(
                try await eventually {
                    try await client.call("echo", ["text": "again"]).toolText == "again"
                })
            withExtendedLifetime(session) {}
        }
    }

    @Test func aClientThatAsksAndAsksAndDoesNotReadIsLeft() async throws {
        try await RunningServer.with(configured: {
            $0.limits.writeTimeout = .milliseconds(200)
        }) { (server) async throws in
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                let requests = String(
                    repeating: "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 1_000)
                await #expect(throws: (any Error).self) {
                    while true { try await connection.send(requests) }
                }
            }
            #expect(try await eventually { server.connections.count == 0 })
        }
    }

    @Test func aBodyThatIsAnnouncedTooLargeIsNotAskedFor() async throws {
        try await RunningServer.with { (server) async throws in
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send(
                    Self.head + "Expect: 100-continue\r\nContent-Length: 100000000\r\n\r\n")
                let answer = try await connection.read { $0.contains("\r\n\r\n") }
                #expect(answer.hasPrefix("HTTP/1.1 413 "))
            }
        }
    }

    @Test func aClientThatDoesNotReadIsLeft() async throws {
        try await RunningServer.with(configured: {
            $0.limits.writeTimeout = .milliseconds(200)
        }) { (server) async throws in
            let session = try await server.client.session()
            let body = TestClient.message(
                "tools/call", ["name": "flood", "arguments": ["count": 2_000]], id: 3)
            let fields = session.headers.map { "\($0.0): \($0.1)\r\n" }.joined()
            try await RawConnection.with(port: server.address.port) { (connection) async throws in
                try await connection.send(
                    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
                        + "Content-Type: application/json\r\n\(fields)"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                let entry = try #require(server.endpoint.sessions.all.first)
                #expect(try await eventually { entry.session.inFlightCount == 1 })
                // Its connection is given up, so that the call is not held up by it.
                #expect(try await eventually { entry.session.inFlightCount == 0 })
            }
        }
    }
}
