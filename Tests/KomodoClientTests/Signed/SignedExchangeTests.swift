import JSON
import Jobs
import Synchronization
import Testing

@testable import KomodoClient

/// How the client of the signed interface deals with what servers answer.
@Suite(.timeLimit(.minutes(2)))
struct SignedExchangeTests {
    static let servers = #"{"items":[{"id":"srv_1","name":"one","status":"running"}],"total":1}"#

    private static func text(
        _ status: Int, _ body: String, _ headers: [String: String] = [:]
    ) -> ScriptedServer.Action {
        .send(ScriptedServer.text(status, body, headers: headers))
    }

    private static func error(_ status: Int, _ code: String) -> String {
        #"{"error":"It says no","code":"\#(code)","status":\#(status)}"#
    }

    @Test(arguments: [
        (400, "VALIDATION_ERROR", KomodoError.Code.invalid), (401, "AUTH_ERROR", .unauthorized),
        (403, "FORBIDDEN", .forbidden), (404, "NOT_FOUND", .notFound),
        (409, "CONFLICT", .invalid), (500, "INTERNAL_ERROR", .serverFault),
        (504, "TIMEOUT_ERROR", .unreachable), (302, "", .invalid),
    ])
    func readsFailByTheirCode(
        _ status: Int, _ code: String, _ expected: KomodoError.Code
    ) async throws {
        let server = try await ScriptedServer.start(.answer(status, Self.error(status, code)))
        try await withSigned(testConnection(server.url, retries: 0)) { client in
            let error = await #expect(throws: KomodoError.self) {
                try await client.alert("alt_1")
            }
            #expect(error?.code == expected)
            #expect(error?.status == status)
        }
        try await server.stop()
    }

    @Test
    func readsAreTriedAgainOnEveryServerErrorSignedAnew() async throws {
        let seconds = Mutex<Int64>(1_769_441_400)
        var surroundings = TestClock().surroundings()
        surroundings.wallClock = {
            Timestamp(
                milliseconds: seconds.withLock { seconds in
                    seconds += 1
                    return seconds * 1_000
                })
        }
        let server = try await ScriptedServer.start(
            .inTurn([
                [Self.text(500, "{}")], [Self.text(501, "{}")], [.close],
                [Self.text(200, Self.servers)],
            ]))
        let witness = Witness()
        try await withSigned(
            testConnection(server.url, retries: 3), witness: witness, surroundings: surroundings
        ) { client in
            _ = try await client.identify()
        }
        let requests = server.received.requests
        #expect(requests.count == 4)
        #expect(Set(requests.compactMap { $0.headers["x-komodo-signature"] }).count == 4)
        #expect(witness.permits.count == 4)
        try await server.stop()
    }

    @Test
    func clientErrorsAreNotTriedAgain() async throws {
        let server = try await ScriptedServer.start(.answer(400, Self.error(400, "X")))
        try await withSigned(testConnection(server.url, retries: 3)) { client in
            _ = await #expect(throws: KomodoError.self) { try await client.identify() }
        }
        #expect(server.received.requests.count == 1)
        try await server.stop()
    }

    @Test
    func aClockThatIsFarOffIsCorrectedOnce() async throws {
        let refusal = Self.text(
            401, Self.error(401, "AUTH_ERROR"), ["Date": "Sun, 06 Nov 2044 08:49:37 GMT"])
        let server = try await ScriptedServer.start(
            .inTurn([[refusal], [Self.text(200, Self.servers)]]))
        let witness = Witness()
        try await withSigned(testConnection(server.url, retries: 0), witness: witness) { client in
            _ = try await client.identify()
        }
        let times = server.received.requests.compactMap { $0.headers["x-komodo-timestamp"] }
        #expect(times.count == 2)
        let last = times.last.flatMap { Int64($0) } ?? 0
        #expect(abs(last - 2_362_034_977) < 60, "\(times)")
        #expect(!witness.signals.contains { $0.keyRefused })
        try await server.stop()
    }

    @Test
    func aRefusalThatStaysOpensTheBreaker() async throws {
        let refusal = Self.text(
            401, Self.error(401, "AUTH_ERROR"), ["Date": "Sun, 06 Nov 2044 08:49:37 GMT"])
        let server = try await ScriptedServer.start(.always(refusal))
        let witness = Witness()
        try await withSigned(testConnection(server.url, retries: 3), witness: witness) { client in
            let error = await #expect(throws: KomodoError.self) { try await client.identify() }
            #expect(error?.code == .unauthorized)
            _ = await #expect(throws: KomodoError.self) { try await client.alert("a") }
        }
        #expect(server.received.requests.count == 2)
        #expect(witness.signals.contains { $0.keyRefused })
        try await server.stop()
    }

    @Test
    func limitsReachTheObserver() async throws {
        let server = try await ScriptedServer.start(
            .inTurn([
                [Self.text(200, Self.servers, ["X-RateLimit-Remaining": "7"])],
                [
                    Self.text(
                        429, #"{"error":"x","code":"RATE_LIMIT_ERROR","retry_after":60}"#)
                ],
            ]))
        let witness = Witness()
        try await withSigned(testConnection(server.url), witness: witness) { client in
            _ = try await client.identify()
            let error = await #expect(throws: KomodoError.self) { try await client.alert("a") }
            #expect(error?.code == .throttled(retryAfter: .seconds(60)))
        }
        #expect(witness.signals.contains { $0.rateRemaining == 7 })
        #expect(witness.signals.contains { $0.retryAfter == .seconds(60) })
        try await server.stop()
    }

    // MARK: Submissions

    /// A submission that the scripted server answers.
    private static func submit(
        _ operation: JobOperation, to script: ScriptedServer.Script,
        _ check: (SubmissionResult, ScriptedServer.Record) throws -> Void
    ) async throws {
        let server = try await ScriptedServer.start(script)
        try await withSigned(testConnection(server.url, request: .seconds(2))) { client in
            let result = await client.submit(submission(operation)) { true }
            try check(result, server.received)
        }
        try await server.stop()
    }

    @Test(arguments: [
        (JobOperation.deploy, #"{"job_id":"job_deploy_1","status":"started"}"#, "accepted"),
        (.deploy, #"{"success":true,"jobId":"j","status":"queued","message":""}"#, "accepted"),
        (
            .deploy, #"{"data":{"job_id":"j","status":"running"},"status":200,"timestamp":"x"}"#,
            "accepted"
        ),
        (.deploy, #"{"success":false,"status":"queued","message":"No"}"#, "concluded/failed"),
        (.build, #"{"success":true,"status":"failed"}"#, "concluded/failed"),
        (.startServer, #"{"server_id":"s","status":"starting"}"#, "accepted/state"),
        (.startServer, #"{"success":true,"status":"running"}"#, "concluded/succeeded"),
        (.stopServer, #"{"success":true,"status":"running"}"#, "accepted/state"),
        (.stopServer, #"{"success":true,"status":"stopped"}"#, "concluded/succeeded"),
        (.restartServer, #"{"success":true,"status":"error"}"#, "concluded/failed"),
        (.runProcedure, #"{"executionId":"e","status":"running"}"#, "accepted"),
        (.runProcedure, #"{"executionId":"e","status":"partial"}"#, "concluded/failed"),
        (.triggerAction, #"{"execution_id":"e","status":"success"}"#, "concluded/succeeded"),
        (.triggerAction, #"{"execution_id":"e","status":"cancelled"}"#, "concluded/cancelled"),
        (.pullRepo, #"{"success":true,"status":"transmogrifying"}"#, "accepted/state"),
        (.deploy, #"{"hello":"world"}"#, "ambiguous"), (.deploy, "<html>", "ambiguous"),
    ])
    func successfulAnswersAreToldApart(
        _ operation: JobOperation, _ body: String, _ expected: String
    ) async throws {
        try await Self.submit(operation, to: .answer(200, body)) { result, _ in
            #expect(kind(result.outcome) == expected, "\(body)")
        }
    }

    @Test(arguments: [
        (400, "rejected"), (401, "unauthorized"), (403, "rejected"), (404, "rejected"),
        (409, "busy"), (422, "rejected"), (429, "throttled"), (500, "ambiguous"),
        (502, "ambiguous"), (504, "ambiguous"), (307, "rejected"),
    ])
    func refusedSubmissionsAreToldApart(_ status: Int, _ expected: String) async throws {
        let headers = ["Location": "http://127.0.0.1:1/elsewhere"]
        let script = ScriptedServer.Script.answer(
            status, Self.error(status, "X"), headers: headers)
        try await Self.submit(.deploy, to: script) { result, record in
            #expect(kind(result.outcome) == expected)
            #expect(record.requests.count == 1)
        }
    }

    @Test
    func aLostAnswerIsAmbiguousAndNeverRepeated() async throws {
        try await Self.submit(.deploy, to: .always(.close)) { result, record in
            #expect(kind(result.outcome) == "ambiguous")
            #expect(record.requests.count == 1)
            #expect(record.requests.first?.headers["x-api-secret"] == nil)
        }
    }

    @Test
    func aClosedGateSendsNothing() async throws {
        let server = try await ScriptedServer.start(.answer(200, "{}"))
        try await withSigned(testConnection(server.url)) { client in
            let result = await client.submit(submission()) { false }
            #expect(kind(result.outcome) == "withheld")
        }
        #expect(server.received.requests.isEmpty)
        try await server.stop()
    }
}
