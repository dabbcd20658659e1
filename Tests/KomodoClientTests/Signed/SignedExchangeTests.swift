import JSON
import Jobs
import ScriptedHTTP
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

    @Test
    func aSubmissionCarriesNoSecret() async throws {
        try await Self.submit(.deploy, to: .always(.close)) { _, record in
            let sent = record.requests.flatMap { $0.headers.values + [$0.path, $0.body] }
            #expect(!sent.isEmpty && !sent.contains { $0.contains(testSecret) })
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
