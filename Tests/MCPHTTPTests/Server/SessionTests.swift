internal import AsyncHTTPClient
internal import JSON
internal import MCP
internal import NIOHTTP1
internal import TestSupport
internal import Testing

@testable import MCPHTTP

/// Sessions of the older revisions through real sockets.
@Suite(.timeLimit(.minutes(2)))
struct SessionTests {
    @Test(arguments: ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
    func initializeOpensASession(revision: String) async throws {
        try await RunningServer.with { (server) async throws in
            let answer = try await server.client.initialize(revision)
            #expect(answer.status == 200)
            #expect(try answer.json["result"]?["protocolVersion"]?.string == revision)
            let id = try #require(answer.headers.first(name: "Mcp-Session-Id"))
            #expect(id.utf8.count == 43 && id.utf8.allSatisfy { (0x21...0x7E).contains($0) })
            let session = TestSession(client: server.client, id: id, revision: revision)
            #expect(try await session.send("notifications/initialized", id: nil).status == 202)
            let list = try await session.send("tools/list", id: 2)
            #expect(list.headers.first(name: "Mcp-Session-Id") == nil)
            #expect(try list.json["result"]?["tools"]?.array?.isEmpty == false)
            let twice = try await session.send("initialize", ["protocolVersion": "2025-11-25"])
            #expect(try twice.json["error"]?["code"] == -32600)
        }
    }

    @Test func aRefusedInitializeOpensNone() async throws {
        try await RunningServer.with { (server) async throws in
            let answer = try await server.client.send(
                .POST, body: TestClient.message("initialize", [:]))
            #expect(answer.headers.first(name: "Mcp-Session-Id") == nil)
            #expect(try answer.json["error"]?["code"] == -32602)
            #expect(server.endpoint.sessions.all.isEmpty)
        }
    }

    @Test func requestsBelongToASession() async throws {
        try await RunningServer.with { (server) async throws in
            let none = try await server.client.send(
                .POST, body: TestClient.message("tools/list", id: 6))
            #expect(none.status == 400)
            #expect(try none.json["id"] == 6)
            let unknown = TestSession(client: server.client, id: "guess", revision: "2025-11-25")
            let lost = try await unknown.send("tools/list", id: 7)
            #expect(lost.status == 404)
            #expect(try lost.json["id"] == 7)
            #expect(try await unknown.listen().status == .notFound)
            #expect(try await server.client.send(.DELETE, unknown.headers).status == 404)
        }
    }

    @Test func deleteEndsASession() async throws {
        try await RunningServer.with { (server) async throws in
            let session = try await server.client.session()
            let stream = try await session.listen()
            let call = Task { try await session.send("tools/call", ["name": "hold"], id: 5) }
            #expect(try await eventually { server.tools.started == 1 })
            #expect(try await server.client.send(.DELETE, session.headers).status == 204)
            #expect(try await session.send("tools/list").status == 404)
            #expect(try await server.client.send(.DELETE, session.headers).status == 404)
            #expect(try await eventually { server.tools.cancelled == 1 })
            var reader = EventReader(stream)
            _ = try await reader.rest()
            _ = try await call.value
            #expect(try await eventually { server.endpoint.admission.count(.stream) == 0 })
        }
    }

    @Test func aSessionIsItsPrincipalsOwn() async throws {
        let tokens = try TokenRegistry(
            ["one", "two"].map {
                .init(name: $0, hash: TokenRegistry.hash(of: "token-\($0)"), scopes: [])
            })
        try await RunningServer.with(tokens: tokens) { (server) async throws in
            var one = server.client
            one.token = "token-one"
            var two = server.client
            two.token = "token-two"
            let session = try await one.session()
            let stolen = TestSession(client: two, id: session.id, revision: session.revision)
            #expect(try await stolen.send("tools/list").status == 404)
            #expect(try await stolen.listen().status == .notFound)
            #expect(try await two.send(.DELETE, session.headers).status == 404)
            #expect(try await server.client.send(.DELETE, session.headers).status == 401)
            #expect(try await session.send("tools/list").status == 200)
        }
    }

    @Test func theStreamOfASessionTellsWhatBelongsToNoRequest() async throws {
        try await RunningServer.with { (server) async throws in
            let session = try await server.client.session()
            // What happens before the client listens waits for it.
            server.tools.changeList()
            let response = try await session.listen()
            #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
            var reader = EventReader(response)
            let opening = try await reader.next()
            #expect(opening?.id == "0-0" && opening?.data == "" && opening?.retry == 1_000)
            #expect(
                try await reader.message()?["method"] == "notifications/tools/list_changed")
            #expect(try await session.listen().status == .conflict)
            server.tools.changeList()
            let event = try await reader.next()
            #expect(event?.id == "0-2")
            // Whoever names an event is the same client, come back.
            let again = try await session.listen(after: "0-1")
            var reader2 = EventReader(again)
            #expect(try await reader2.next()?.id == "0-2")
            #expect(try await reader.rest().isEmpty)
            #expect(try await session.listen(after: "0-9").status == .badRequest)
            #expect(try await session.listen(after: "8-0").status == .badRequest)
        }
    }

    @Test func aQuickAnswerIsJSON() async throws {
        try await RunningServer.with(configured: {
            $0.limits.promptAnswer = .seconds(60)
        }) { (server) async throws in
            let session = try await server.client.session()
            let answer = try await session.send("tools/call", ["name": "echo"], id: 2)
            #expect(answer.headers.first(name: "Content-Type") == "application/json")
            #expect(try answer.json["id"] == 2)
        }
    }

    @Test func aCallOutlivesItsConnection() async throws {
        try await RunningServer.with { (server) async throws in
            let session = try await server.client.session()
            let body = TestClient.message("tools/call", ["name": "hold"], id: 5)
            let fields = session.headers.map { "\($0.0): \($0.1)\r\n" }.joined()
            let text = try await RawConnection.with(port: server.address.port) { connection in
                try await connection.send(
                    "POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n"
                        + "Content-Type: application/json\r\n\(fields)"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                return try await connection.read { $0.contains("data: \n\n") }
            }
            #expect(text.contains("id: 1-0\nretry: 1000\ndata: \n\n"))
            let entry = try #require(server.endpoint.sessions.all.first)
            let stream = try #require(entry.stream(1))
            #expect(try await eventually { !stream.hasListener })
            #expect(entry.session.inFlightCount == 1)
            server.tools.open()
            #expect(try await eventually { entry.session.inFlightCount == 0 })
            var reader = EventReader(try await session.listen(after: "1-0"))
            let event = try await reader.next()
            #expect(event?.json?["id"] == 5)
            #expect(event?.json?["result"]?["content"]?.array?.first?["text"] == "released")
            #expect(try await reader.rest().isEmpty)
            #expect(server.tools.cancelled == 0)
            // What was delivered can be fetched again, for it may have been lost on its way.
            var once = EventReader(try await session.listen(after: "1-0"))
            #expect(try await once.message()?["id"] == 5)
            var nothing = EventReader(try await session.listen(after: event?.id ?? ""))
            #expect(try await nothing.rest().isEmpty)
        }
    }

    @Test func aCallMayGiveItsConnectionBack() async throws {
        try await RunningServer.with { (server) async throws in
            let session = try await server.client.session()
            var first = EventReader(
                try await session.open("tools/call", ["name": "give_back"], id: 1))
            let events = try await first.rest()
            #expect(events.first?.id == "1-0" && events.first?.data == "")
            #expect(events.last?.retry == 1_000)
            #expect(events.allSatisfy { $0.json == nil })
            var second = EventReader(try await session.listen(after: "1-0"))
            server.tools.open()
            let answer = try await second.message()
            #expect(answer?["id"] == 1)
            #expect(answer?["result"]?["content"]?.array?.first?["text"] == "late")
        }
    }

    @Test func olderClientsGetNoEventWithoutData() async throws {
        try await RunningServer.with(configured: {
            $0.limits.keepAliveInterval = .milliseconds(20)
        }) { (server) async throws in
            let session = try await server.client.session("2025-06-18")
            let response = try await session.open("tools/call", ["name": "hold"], id: 1)
            var reader = EventReader(response)
            #expect(try await reader.next()?.isComment == true)
            server.tools.open()
            let events = try await reader.rest().filter { !$0.isComment }
            #expect(events.map(\.id) == ["1-1"])
            #expect(events.last?.json?["result"] != nil)
        }
    }

    @Test func aQuestionGoesOutOnTheCallsStream() async throws {
        try await RunningServer.with { (server) async throws in
            let session = try await server.client.session("2025-11-25", ["elicitation": [:]])
            var reader = EventReader(
                try await session.open("tools/call", ["name": "ask"], id: 4))
            let question = try #require(try await reader.message())
            #expect(question["method"] == "elicitation/create")
            let id = try #require(question["id"])
            let reply: JSONValue = [
                "jsonrpc": "2.0", "id": id,
                "result": ["action": "accept", "content": ["name": "Ada"]],
            ]
            let posted = try await server.client.send(
                .POST, session.headers, body: reply.serialized())
            #expect(posted.status == 202)
            let answer = try await reader.message()
            #expect(answer?["result"]?["content"]?.array?.first?["text"] == "hello Ada")
        }
    }

    @Test func cancellingIsSaidInSoManyWords() async throws {
        try await RunningServer.with { (server) async throws in
            let session = try await server.client.session()
            let response = try await session.open("tools/call", ["name": "hold"], id: 3)
            #expect(try await eventually { server.tools.started == 1 })
            let cancelled = try await session.send(
                "notifications/cancelled", ["requestId": 3], id: nil)
            #expect(cancelled.status == 202)
            var reader = EventReader(response)
            #expect(try await reader.rest().allSatisfy { $0.json == nil })
            #expect(server.tools.cancelled == 1)
        }
    }

    @Test func idleSessionsEnd() async throws {
        try await RunningServer.with(configured: {
            $0.limits.sessionIdleMax = .milliseconds(50)
            $0.limits.sweepInterval = .milliseconds(20)
        }) { (server) async throws in
            let answer = try await server.client.initialize()
            let id = try #require(answer.headers.first(name: "Mcp-Session-Id"))
            #expect(try await eventually { server.endpoint.sessions.all.isEmpty })
            let session = TestSession(client: server.client, id: id, revision: "2025-11-25")
            #expect(try await session.send("tools/list").status == 404)
        }
    }

    @Test func aSessionWithAListenerIsNotIdle() async throws {
        try await RunningServer.with(configured: {
            $0.limits.sessionIdleMax = .seconds(8)
            $0.limits.sweepInterval = .milliseconds(10)
            $0.limits.keepAliveInterval = .milliseconds(500)
        }) { (server) async throws in
            let session = try await server.client.session()
            var reader = EventReader(try await session.listen())
            for _ in 0..<18 { #expect(try await reader.next() != nil) }
            #expect(server.endpoint.sessions.all.count == 1)
        }
    }

    @Test func batchesAreTakenWhereTheyExist() async throws {
        try await RunningServer.with { (server) async throws in
            let session = try await server.client.session("2025-03-26")
            let batch =
                "[\(TestClient.message("ping", id: 1)),\(TestClient.message("tools/list", id: 2))]"
            let answer = try await server.client.send(.POST, session.headers, body: batch)
            #expect(try answer.json.array?.count == 2)
            let newer = try await server.client.session()
            #expect(try await server.client.send(.POST, newer.headers, body: batch).status == 400)
        }
    }

    @Test func severalStreamsOfASessionAreKeptApart() async throws {
        try await RunningServer.with { (server) async throws in
            let session = try await server.client.session()
            var readers: [EventReader] = []
            for id in 1...3 {
                readers.append(
                    EventReader(try await session.open("tools/call", ["name": "hold"], id: id)))
            }
            server.tools.open()
            for (index, reader) in readers.enumerated() {
                var reader = reader
                let ids = try await reader.rest().compactMap { $0.json?["id"]?.int }
                #expect(ids == [Int64(index + 1)])
            }
        }
    }
}
