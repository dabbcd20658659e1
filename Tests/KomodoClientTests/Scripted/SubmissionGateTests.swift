import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

@Suite(.timeLimit(.minutes(2)))
struct SubmissionGateTests {
    @Test
    func aClosedGateLetsNoByteOfTheBodyOut() async throws {
        let server = try await ScriptedServer.start(.answer(200, updateText()))
        let result = try await withClient(testConnection(server.url)) { client in
            await client.submit(submission()) { false }
        }
        #expect(result.outcome == .withheld)
        try await eventually("the connection is closed") { server.received.closed == 1 }
        #expect(server.received.bodyBytes == 0)
        #expect(server.received.requests.isEmpty)
        try await server.stop()
    }

    @Test
    func theGateIsAskedOnlyWhenTheHeadHasLeft() async throws {
        let server = try await ScriptedServer.start(.answer(200, updateText()))
        let result = try await withClient(testConnection(server.url)) { client in
            await client.submit(submission()) {
                // The body is held here, so the head must arrive on its own.
                await patiently { !server.received.heads.isEmpty }
                return server.received.heads.count == 1 && server.received.bodyBytes == 0
            }
        }
        #expect(kind(result.outcome) == "accepted")
        try await server.stop()
    }

    @Test
    func aConnectionLostWhileTheGateThinksIsUndelivered() async throws {
        let server = try await ScriptedServer.start(
            .init(onHead: { _ in [.reset] }, onRequest: { _ in [] }))
        let hasEnded = Tally()
        let result = try await withClient(testConnection(server.url)) { client in
            let result = await client.submit(submission()) {
                await patiently { hasEnded.count == 1 }
                return true
            }
            hasEnded.add()
            return result
        }
        #expect(kind(result.outcome) == "undelivered", "\(result)")
        #expect(server.received.bodyBytes == 0)
        try await server.stop()
    }

    @Test(arguments: [
        (503, "undelivered"), (502, "undelivered"), (401, "unauthorized"), (429, "throttled"),
        (413, "rejected"), (500, "undelivered"),
    ])
    func anAnswerBeforeTheBodyMeansNothingRan(_ status: Int, _ expected: String) async throws {
        let server = try await ScriptedServer.start(
            .init(
                onHead: { _ in [.send(ScriptedServer.text(status, "no")), .close] },
                onRequest: { _ in [] }))
        let hasEnded = Tally()
        let result = try await withClient(testConnection(server.url)) { client in
            let result = await client.submit(submission()) {
                await patiently { hasEnded.count == 1 }
                return true
            }
            hasEnded.add()
            return result
        }
        #expect(kind(result.outcome) == expected, "\(result)")
        #expect(server.received.bodyBytes == 0)
        try await server.stop()
    }

    @Test
    func aGateThatNeverAnswersIsGivenUp() async throws {
        let server = try await ScriptedServer.start(.answer(200, updateText()))
        let connection = testConnection(server.url)
        let hasEnded = Tally()
        let result = try await withClient(connection, surroundings: .hurried(20)) { client in
            let result = await client.submit(submission()) {
                await patiently { hasEnded.count == 1 }
                return true
            }
            hasEnded.add()
            return result
        }
        #expect(kind(result.outcome) == "undelivered", "\(result)")
        try await eventually("the connection is closed") { server.received.closed == 1 }
        #expect(server.received.bodyBytes == 0)
        try await server.stop()
    }

    @Test
    func aRefusedConnectionIsUndeliveredAndTheGateIsNotAsked() async throws {
        // Nothing listens on a port that only the system may use.
        let url = "http://127.0.0.1:1"
        let asked = Tally()
        let result = try await withClient(testConnection(url)) { client in
            await client.submit(submission()) {
                asked.add()
                return true
            }
        }
        #expect(kind(result.outcome) == "undelivered")
        #expect("\(result.outcome)".contains("connection refused"), "\(result)")
        #expect(asked.count == 0)
    }

    @Test
    func anUnknownHostIsUndelivered() async throws {
        let result = try await withClient(testConnection("http://komodo.invalid:9120")) { client in
            await client.submit(submission()) { true }
        }
        #expect(kind(result.outcome) == "undelivered", "\(result)")
    }

    @Test
    func cancellingBeforeTheGateAnswersWithholds() async throws {
        let server = try await ScriptedServer.start(.answer(200, updateText()))
        try await withClient(testConnection(server.url)) { client in
            let task = Task {
                await client.submit(submission()) {
                    // Outlives the cancellation of the submission.
                    await patiently { server.received.closed == 1 }
                    return true
                }
            }
            try await eventually("the head arrives") { server.received.heads.count == 1 }
            task.cancel()
            #expect(await task.value.outcome == .withheld)
        }
        #expect(server.received.bodyBytes == 0)
        try await server.stop()
    }

    @Test
    func cancellingAfterTheBodyLeftIsAmbiguous() async throws {
        let server = try await ScriptedServer.start(.always())
        try await withClient(testConnection(server.url)) { client in
            let task = Task { await client.submit(submission()) { true } }
            try await eventually("the request arrives") { server.received.requests.count == 1 }
            task.cancel()
            #expect(kind(await task.value.outcome) == "ambiguous")
        }
        try await server.stop()
    }
}
