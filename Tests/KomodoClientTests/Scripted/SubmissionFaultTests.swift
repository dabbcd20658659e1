import JSON
import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

@Suite(.timeLimit(.minutes(2)))
struct SubmissionFaultTests {
    /// A reaction to the whole request and what the submission must come to.
    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let actions: [ScriptedServer.Action]
        let expected: String
        var operation = JobOperation.deploy
        var testDescription: String { name }

        init(
            _ name: String, _ expected: String, operation: JobOperation = .deploy,
            _ actions: ScriptedServer.Action...
        ) {
            self.name = name
            self.actions = actions
            self.expected = expected
            self.operation = operation
        }

        static func answer(
            _ expected: String, _ status: Int, _ body: String, headers: [String: String] = [:]
        ) -> Fault {
            Fault(
                "\(status) \(body.prefix(40))", expected,
                .send(ScriptedServer.text(status, body, headers: headers)))
        }
    }

    static let answers: [Fault] = [
        .answer("accepted", 200, updateText()),
        .answer("accepted", 201, updateText()),
        .answer("concluded/succeeded", 200, updateText(status: "Complete")),
        .answer(
            "concluded/busy", 200,
            updateText(
                status: "Complete", success: false,
                logs: #"[{"stage":"Task Error","success":false,"stderr":"Resource is busy"}]"#)),
        .answer("ambiguous", 200, updateText(id: nil)),
        .answer("ambiguous", 200, updateText(id: "not an id")),
        .answer("ambiguous", 200, "{\"_id\":{\"$oid\":\"\(testID)\"}}"),
        .answer("ambiguous", 200, "<html><body>Welcome</body></html>"),
        .answer("ambiguous", 200, "{}"),
        .answer("ambiguous", 200, "[]"),
        .answer("ambiguous", 200, ""),
        .answer("ambiguous", 204, ""),
        .answer("ambiguous", 200, #"{"error":"what","trace":[]}"#),
        .answer("concluded/failed", 200, #"{"success":false,"error":"no such thing"}"#),
        .answer("concluded/failed", 200, #"{"status":"failed"}"#),
        .answer("ambiguous", 200, #"{"success":false,"status":"InProgress"}"#),
        Fault(
            "a slow answer", "accepted",
            .dribble(ScriptedServer.text(200, updateText()), piece: 40, pause: .milliseconds(1))),
    ]

    @Test(arguments: answers)
    func isSentOnceAndClassified(_ fault: Fault) async throws {
        let server = try await ScriptedServer.start(.init(onRequest: { _ in fault.actions }))
        let result = try await withClient(testConnection(server.url, retries: 5)) { client in
            await client.submit(submission(fault.operation)) { true }
        }
        #expect(kind(result.outcome) == fault.expected, "\(result)")
        #expect(server.received.connections == 1)
        #expect(server.received.requests.count == 1)
        try await server.stop()
    }

    @Test
    func theRequestIsExactlyWhatCoreExpects() async throws {
        let server = try await ScriptedServer.start(.answer(200, updateText()))
        let result = try await withClient(testConnection(server.url)) { client in
            await client.submit(
                submission(
                    .deploy, arguments: ["stop_time": 5, "stop_signal": nil, "deployment": "x"])
            ) { true }
        }
        #expect(result.outcome == .accepted(.update(testID)))
        #expect(result.update?.operatorID == otherID)
        #expect(result.status == 200)
        let request = try #require(server.received.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/execute")
        #expect(
            request.body
                == #"{"type":"Deploy","params":{"deployment":"\#(testID)","stop_time":5}}"#)
        #expect(request.headers["x-api-key"] == testKey)
        #expect(request.headers["x-api-secret"] == testSecret)
        #expect(request.headers["content-type"] == "application/json")
        #expect(request.headers["connection"] == "close")
        #expect(request.headers["user-agent"] == "komodo-mcp/1.2.3")
        #expect(request.headers["authorization"] == nil)
        try await server.stop()
    }

    @Test
    func everySubmissionTravelsOnItsOwnConnection() async throws {
        let server = try await ScriptedServer.start(.answer(200, updateText()))
        try await withClient(testConnection(server.url)) { client in
            for _ in 0..<3 { _ = await client.submit(submission()) { true } }
        }
        #expect(server.received.requests.map(\.connection) == [1, 2, 3])
        try await server.stop()
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func redirectsAreNotFollowed(_ status: Int) async throws {
        let second = try await ScriptedServer.start(.answer(200, updateText()))
        let first = try await ScriptedServer.start(
            .answer(status, "", headers: ["Location": second.url + "/execute"]))
        let result = try await withClient(testConnection(first.url)) { client in
            await client.submit(submission()) { true }
        }
        #expect(kind(result.outcome) == "rejected")
        #expect(first.received.requests.count == 1)
        #expect(second.received.connections == 0)
        try await first.stop()
        try await second.stop()
    }

    @Test(arguments: [
        ("Too many attempts | Try again in 430ms", Duration.milliseconds(430)),
        ("slow down", Patience.windowDefault),
    ])
    func throttlingAlwaysNamesAWait(_ text: String, _ wait: Duration) async throws {
        let server = try await ScriptedServer.start(.answer(429, text))
        let result = try await withClient(testConnection(server.url)) { client in
            await client.submit(submission()) { true }
        }
        #expect(
            result.outcome == .throttled(JobError(.rateLimitError, text), retryAfter: wait))
        try await server.stop()
    }

    @Test
    func deployIfChangedWithoutAnIDIsFollowedByState() async throws {
        let server = try await ScriptedServer.start(
            .answer(200, updateText(id: nil, operation: "DeployStack")))
        let result = try await withClient(testConnection(server.url)) { client in
            await client.submit(submission(.deployStackIfChanged)) { true }
        }
        #expect(result.outcome == .accepted(.state))
        try await server.stop()
    }
}
