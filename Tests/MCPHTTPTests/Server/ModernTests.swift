internal import AsyncHTTPClient
internal import JSON
internal import MCP
internal import NIOHTTP1
internal import TestSupport
internal import Testing

@testable import MCPHTTP

/// Requests of 2026-07-28 through real sockets.
@Suite(.timeLimit(.minutes(2)))
struct ModernTests {
    @Test func anAnswerThatComesFirstIsJSON() async throws {
        try await RunningServer.with { (server) async throws in
            let discovery = try await server.client.modern("server/discover")
            #expect(discovery.status == 200)
            #expect(discovery.headers.first(name: "Content-Type") == "application/json")
            #expect(discovery.headers.first(name: "Mcp-Session-Id") == nil)
            #expect(
                try discovery.json["result"]?["supportedVersions"]?.array == ["2026-07-28"])
            let echo = try await server.client.call("echo", ["text": "hello"], id: 7)
            #expect(try echo.toolText == "hello")
            #expect(try echo.json["id"] == 7)
        }
    }

    @Test func aNotificationThatComesFirstOpensAStream() async throws {
        try await RunningServer.with { (server) async throws in
            let (headers, body) = TestClient.modern(
                "tools/call", ["name": "progress", "arguments": [:]],
                meta: ["progressToken": "p"])
            let response = try await server.client.open(.POST, headers, body: body)
            #expect(response.status == .ok)
            #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
            #expect(response.headers.first(name: "Cache-Control") == "no-cache")
            #expect(response.headers.first(name: "X-Accel-Buffering") == "no")
            var reader = EventReader(response)
            let events = try await reader.rest()
            #expect(events.allSatisfy { $0.id == nil && $0.retry == nil })
            let methods = events.dropLast().map { $0.json?["method"]?.string }
            #expect(methods.allSatisfy { $0 == "notifications/progress" } && !methods.isEmpty)
            #expect(events.last?.json?["result"] != nil)
        }
    }

    @Test func errorsCarryTheirStatusAndTheID() async throws {
        try await RunningServer.with { (server) async throws in
            let unknown = try await server.client.modern("unknown/method", id: 3)
            #expect(unknown.status == 404)
            #expect(try unknown.json["error"]?["code"] == -32601)
            #expect(try unknown.json["id"] == 3)
            for method in ["initialize", "ping", "logging/setLevel", "resources/subscribe"] {
                #expect(try await server.client.modern(method).status == 404)
            }
            var (headers, body) = TestClient.modern("server/discover", id: 4)
            headers[0] = ("MCP-Protocol-Version", "2025-11-25")
            let mismatch = try await server.client.send(.POST, headers, body: body)
            #expect(mismatch.status == 400)
            #expect(try mismatch.json["error"]?["code"] == -32020)
            headers[0] = ("MCP-Protocol-Version", "v999")
            body = body.replacing("2026-07-28", with: "v999")
            let version = try await server.client.send(.POST, headers, body: body)
            #expect(version.status == 400)
            #expect(try version.json["error"]?["code"] == -32022)
            #expect(try version.json["error"]?["data"]?["requested"] == "v999")
            let bare = try await server.client.send(
                .POST, [TestClient.modernVersion, ("Mcp-Method", "tools/list")],
                body: #"{"jsonrpc":"2.0","id":5,"method":"tools/list","params":{}}"#)
            #expect(bare.status == 400)
            #expect(try bare.json["error"]?["code"] == -32602)
            let broken = try await server.client.send(
                .POST, [TestClient.modernVersion], body: "{")
            #expect(broken.status == 400)
            #expect(try broken.json["error"]?["code"] == -32700)
            #expect(try broken.json["id"] == nil)
        }
    }

    @Test func headersRepeatTheBody() async throws {
        try await RunningServer.with { (server) async throws in
            let (headers, body) = TestClient.modern(
                "tools/call", ["name": "echo", "arguments": ["text": "x"]])
            func status(_ change: (inout [(String, String)]) -> Void) async throws -> Int {
                var headers = headers
                change(&headers)
                return try await server.client.send(.POST, headers, body: body).status
            }
            #expect(try await status { _ in } == 200)
            #expect(try await status { $0[1] = ("Mcp-Method", "prompts/list") } == 400)
            #expect(try await status { $0[1] = ("Mcp-Method", "TOOLS/CALL") } == 400)
            #expect(try await status { $0[2] = ("Mcp-Name", "wrong") } == 400)
            #expect(try await status { $0.removeLast() } == 400)
            #expect(try await status { $0[2] = ("MCP-NAME", "  echo  ") } == 200)
            #expect(try await status { $0[2] = ("mcp-name", "=?base64?ZWNobw==?=") } == 200)
            #expect(try await status { $0.append(("Mcp-Session-Id", "old")) } == 200)
        }
    }

    @Test func otherMessagesAndMethodsHaveTheirStatus() async throws {
        try await RunningServer.with { (server) async throws in
            let version = [TestClient.modernVersion]
            let notification = try await server.client.send(
                .POST, version,
                body: #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}"#)
            #expect(notification.status == 202)
            #expect(notification.text.isEmpty)
            let response = try await server.client.send(
                .POST, version, body: #"{"jsonrpc":"2.0","id":1,"result":{}}"#)
            #expect(response.status == 400)
            let get = try await server.client.send(.GET, version)
            #expect(get.status == 405)
            #expect(get.headers.first(name: "Allow") == "POST")
            #expect(try await server.client.send(.DELETE, version).status == 405)
            #expect(try await server.client.send(.PUT, version).status == 405)
        }
    }

    @Test func aClientThatLeavesCancelsItsRequest() async throws {
        try await RunningServer.with { (server) async throws in
            let (headers, body) = TestClient.modern(
                "tools/call", ["name": "hold", "arguments": [:]])
            let task = Task { try await server.client.send(.POST, headers, body: body) }
            #expect(try await eventually { server.tools.started == 1 })
            task.cancel()
            #expect(try await eventually { server.tools.cancelled == 1 })
            #expect(try await eventually { server.endpoint.exchanges.count == 0 })
            #expect(try await eventually { server.endpoint.admission.count(.request) == 0 })
            _ = await task.result
        }
    }

    @Test func aClientThatLeavesAnOpenStreamCancelsItsRequest() async throws {
        try await RunningServer.with(configured: {
            $0.limits.keepAliveInterval = .milliseconds(20)
        }) { (server) async throws in
            let (headers, body) = TestClient.modern(
                "tools/call", ["name": "hold", "arguments": [:]])
            do {
                let response = try await server.client.open(.POST, headers, body: body)
                var reader = EventReader(response)
                #expect(try await reader.next()?.isComment == true)
            }
            #expect(try await eventually { server.tools.cancelled == 1 })
        }
    }

    @Test func silentStreamsAreKeptAlive() async throws {
        try await RunningServer.with(configured: {
            $0.limits.keepAliveInterval = .milliseconds(20)
        }) { (server) async throws in
            let (headers, body) = TestClient.modern(
                "tools/call", ["name": "hold", "arguments": [:]])
            let response = try await server.client.open(.POST, headers, body: body)
            #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
            var reader = EventReader(response)
            for _ in 0..<3 { #expect(try await reader.next()?.isComment == true) }
            server.tools.open()
            #expect(try await reader.message()?["result"] != nil)
            #expect(try await reader.rest().allSatisfy(\.isComment))
        }
    }

    @Test func aSubscriptionTellsUntilTheServerEnds() async throws {
        try await RunningServer.with { (server) async throws in
            let (headers, body) = TestClient.modern(
                "subscriptions/listen", ["notifications": ["toolsListChanged": true]], id: 9)
            let response = try await server.client.open(.POST, headers, body: body)
            var reader = EventReader(response)
            let first = try await reader.message()
            #expect(first?["method"] == "notifications/subscriptions/acknowledged")
            #expect(server.endpoint.admission.count(.stream) == 1)
            #expect(server.endpoint.admission.count(.request) == 0)
            server.tools.changeList()
            let change = try await reader.message()
            #expect(change?["method"] == "notifications/tools/list_changed")
            await server.shutDown()
            let last = try await reader.message()
            #expect(last?["id"] == 9)
            #expect(last?["result"]?["resultType"] == "complete")
            #expect(try await reader.message() == nil)
            try await server.waitForEnd()
        }
    }

    @Test func aSubscriptionThatIsRefusedIsNoStream() async throws {
        try await RunningServer.with { (server) async throws in
            let answer = try await server.client.modern(
                "subscriptions/listen", ["notifications": 7])
            #expect(answer.headers.first(name: "Content-Type") == "application/json")
            #expect(try answer.json["error"]?["code"] == -32602)
            #expect(try await eventually { server.endpoint.admission.count(.stream) == 0 })
        }
    }

    @Test func aSlowReaderLosesNothing() async throws {
        try await RunningServer.with { (server) async throws in
            let (headers, body) = TestClient.modern(
                "tools/call", ["name": "flood", "arguments": ["count": 500]],
                meta: ["io.modelcontextprotocol/logLevel": "error"])
            let response = try await server.client.open(.POST, headers, body: body)
            var reader = EventReader(response)
            let events = try await reader.rest()
            #expect(events.count == 501)
            #expect(events.last?.json?["result"] != nil)
        }
    }

    @Test func twoHundredClientsAreAnsweredAtOnce() async throws {
        try await RunningServer.with { (server) async throws in
            let answers = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let answer = try await server.client.call(
                            "echo", ["text": .string("text \(number)")], id: number)
                        #expect(answer.status == 200)
                        return (Int(try answer.json["id"]?.int ?? -1), try answer.toolText)
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(answers.count == 200)
            #expect(answers.allSatisfy { $0.value == "text \($0.key)" })
            #expect(try await eventually { server.endpoint.admission.count(.request) == 0 })
        }
    }
}
