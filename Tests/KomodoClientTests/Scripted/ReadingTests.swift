import JSON
import Jobs
import Testing

@testable import KomodoClient

@Suite(.timeLimit(.minutes(2)))
struct ReadingTests {
    typealias Actions = [ScriptedServer.Action]

    static func answer(
        _ status: Int, _ body: String, headers: [String: String] = [:]
    ) -> Actions {
        [.send(ScriptedServer.text(status, body, headers: headers))]
    }

    static let busyState = answer(200, #"{"deploying":true}"#)

    /// What can pass by itself, each with a name.
    static let passing: [(String, Actions)] = [
        ("502", answer(502, "<html>Bad Gateway</html>")),
        ("503", answer(503, "")),
        ("504", answer(504, "")),
        ("database", answer(401, #"{"error":"Failed to query db"}"#)),
        ("periphery", answer(500, #"{"error":"Server is not connected"}"#)),
        ("reset", [.reset]),
        ("close", [.close]),
        ("half an answer", [.send(ScriptedServer.text(200, "{", length: 30)), .close]),
        ("half a head", [.send("HTTP/1.1 200 OK\r\nDat"), .close]),
    ]

    @Test(arguments: passing.map(\.0))
    func whatPassesIsTriedAgainWithATokenPerTry(_ name: String) async throws {
        let fault = try #require(Self.passing.first { $0.0 == name }?.1)
        let server = try await ScriptedServer.start(.inTurn([fault, fault, Self.busyState]))
        let witness = Witness()
        let target = submission().target
        let isBusy = try await withClient(testConnection(server.url), witness: witness) {
            try await $0.isBusy(target)
        }
        #expect(isBusy)
        #expect(server.received.requests.count == 3)
        #expect(witness.permits == [.poll, .poll, .poll])
        try await server.stop()
    }

    @Test
    func silenceIsTriedAgain() async throws {
        let server = try await ScriptedServer.start(.inTurn([[], Self.busyState]))
        let connection = testConnection(server.url, request: .seconds(3))
        let target = submission().target
        #expect(try await withClient(connection) { try await $0.isBusy(target) })
        try await server.stop()
    }

    @Test
    func triesEndWithTheCount() async throws {
        let server = try await ScriptedServer.start(.answer(503, "down for maintenance"))
        let connection = testConnection(server.url, retries: 3)
        let target = submission().target
        let error = await #expect(throws: KomodoError.self) {
            try await withClient(connection) { try await $0.isBusy(target) }
        }
        #expect(error?.code == .unreachable)
        #expect(error?.status == 503)
        #expect(error?.message.contains("down for maintenance") == true)
        #expect(server.received.requests.count == 4)
        try await server.stop()
    }

    @Test
    func triesEndWithTheTotalTime() async throws {
        let server = try await ScriptedServer.start(.answer(503, ""))
        let clock = TestClock()
        var connection = testConnection(server.url, total: .seconds(9))
        connection.retry = RetryPolicy(
            delay: .seconds(4), delayMax: .seconds(4), countMax: 1_000)
        let target = submission().target
        // Without luck a wait is half its length: the tries are at 0, 2, 4, 6 and 8 s, the last with
        // one second left, which this clock skips.
        await #expect(throws: KomodoError.self) {
            try await withClient(
                connection, surroundings: clock.surroundings(patience: .seconds(2))
            ) {
                try await $0.isBusy(target)
            }
        }
        #expect((4...5).contains(server.received.heads.count))
        try await server.stop()
    }

    /// Refusals that stay, and the code that they become.
    static let lasting: [(Int, String, KomodoError.Code)] = [
        (400, #"{"error":"bad"}"#, .invalid),
        (401, #"{"error":"Invalid user credentials"}"#, .unauthorized),
        (401, "<html>login</html>", .unauthorized),
        (403, #"{"error":"This method is admin only."}"#, .forbidden),
        (404, "<html>Not Found</html>", .invalid),
        (404, #"{"error":"no such key"}"#, .notFound),
        (405, "", .invalid),
        (408, "", .unreachable),
        (422, "Failed to deserialize the JSON body: unknown variant", .invalid),
        (
            429, #"{"error":"Too many attempts | Try again in 12s"}"#,
            .throttled(retryAfter: .seconds(12))
        ),
        (429, "", .throttled(retryAfter: .seconds(15))),
        (500, #"{"error":"Did not find any Deployment matching web"}"#, .notFound),
        (500, #"{"error":"did not find any Deployment matching web"}"#, .notFound),
        (500, #"{"error":"failed","trace":["no update exists with given id"]}"#, .notFound),
        (500, #"{"error":"User does not have required permissions on this Stack"}"#, .forbidden),
        (500, #"{"error":"Cannot find Deployment with empty name / id"}"#, .invalid),
        (500, #"{"error":"something else"}"#, .serverFault),
        (500, "", .serverFault),
        (501, "", .serverFault),
        (302, "", .invalid),
    ]

    @Test(arguments: lasting.indices)
    func whatStaysIsNotTriedAgain(_ index: Int) async throws {
        let (status, body, code) = Self.lasting[index]
        let server = try await ScriptedServer.start(
            .answer(status, body, headers: ["Location": "http://127.0.0.1:1/"]))
        let target = submission().target
        let error = await #expect(throws: KomodoError.self) {
            try await withClient(testConnection(server.url)) { try await $0.isBusy(target) }
        }
        #expect(error?.code == code, "\(status) \(body)")
        #expect(error?.status == status)
        #expect(server.received.requests.count == 1)
        try await server.stop()
    }

    /// Answers that no reader can use.
    static let unreadable: [(String, Actions)] = [
        ("text", answer(200, "hello")),
        ("cut JSON", answer(200, #"{"deploying":"#)),
        ("a web page", answer(200, "<!doctype html><title>Komodo</title>")),
        ("nothing", answer(200, "")),
        ("a number", answer(200, "3")),
        ("no UTF-8 escape", answer(200, #"{"a":"\ud8"}"#)),
        ("too deep", answer(200, String(repeating: "[", count: 100_000))),
        ("no HTTP", [.send("220 mail.example.org\r\n\r\n"), .close]),
        ("too long", [.send(ScriptedServer.text(200, "", length: 1 << 40)), .flood(1 << 20)]),
        (
            "endless",
            [.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), .flood(AnswerLimits.other * 2)]
        ),
    ]

    @Test(arguments: unreadable.map(\.0))
    func whatCannotBeReadIsMalformed(_ name: String) async throws {
        let actions = try #require(Self.unreadable.first { $0.0 == name }?.1)
        let server = try await ScriptedServer.start(.init(onRequest: { _ in actions }))
        let target = submission().target
        let error = await #expect(throws: KomodoError.self) {
            try await withClient(testConnection(server.url)) { try await $0.isBusy(target) }
        }
        #expect(error?.code == .malformed)
        #expect((error?.message.count ?? 0) < 500)
        #expect(server.received.requests.count == 1)
        try await server.stop()
    }

    @Test
    func readsShareConnectionsAndEvidenceDoesNot() async throws {
        let server = try await ScriptedServer.start(
            .answer(200, #"{"updates":[],"next_page":null}"#))
        let query = EvidenceQuery(
            operations: ["Deploy"], target: submission().target, operatorID: otherID,
            startedAtOrAfter: Timestamp(milliseconds: 5))
        try await withClient(testConnection(server.url)) { client in
            _ = try await client.updates([testID])
            _ = try await client.updates([testID])
            _ = try await client.evidence(query)
            _ = try await client.evidence(query)
            _ = try await client.updates([testID])
        }
        #expect(server.received.requests.map(\.connection) == [1, 1, 2, 3, 1])
        try await server.stop()
    }

    @Test
    func aRefusedConnectionIsUnreachable() async throws {
        // Nothing listens on a port that only the system may use.
        let url = "http://127.0.0.1:1"
        let witness = Witness()
        let target = submission().target
        let error = await #expect(throws: KomodoError.self) {
            try await withClient(testConnection(url), witness: witness) {
                try await $0.isBusy(target)
            }
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains(url) == true)
        #expect(witness.permits.count == 3)
    }

    @Test
    func aMissingTokenEndsTheCallBeforeAnythingIsSent() async throws {
        let server = try await ScriptedServer.start(.answer(200, "{}"))
        let permit: RequestPermit = { _ throws(KomodoError) in
            throw KomodoError(.budgetExhausted(wait: .seconds(7)), "No request left for 7 s.")
        }
        let target = submission().target
        try await withClient(testConnection(server.url), permit: permit) { client in
            let error = await #expect(throws: KomodoError.self) { try await client.isBusy(target) }
            #expect(error?.code == .budgetExhausted(wait: .seconds(7)))
        }
        #expect(server.received.connections == 0)
        try await server.stop()
    }

    /// Its token was taken with the intent; waiting for another would outlast the send window.
    @Test
    func aSubmissionTakesNoTokenOfItsOwn() async throws {
        let server = try await ScriptedServer.start(.answer(200, "{}"))
        let witness = Witness()
        try await withClient(testConnection(server.url), witness: witness) { client in
            _ = await client.submit(submission()) { true }
        }
        #expect(server.received.connections == 1)
        #expect(witness.permits.isEmpty)
        try await server.stop()
    }

    @Test
    func cancellingEndsAReadAtOnce() async throws {
        let server = try await ScriptedServer.start(.always())
        let target = submission().target
        try await withClient(testConnection(server.url)) { client in
            let task = Task { try await client.isBusy(target) }
            try await eventually("the request arrives") { server.received.requests.count == 1 }
            task.cancel()
            let error = await #expect(throws: KomodoError.self) { try await task.value }
            #expect(error?.code == .interrupted)
        }
        #expect(server.received.requests.count == 1)
        try await server.stop()
    }
}
