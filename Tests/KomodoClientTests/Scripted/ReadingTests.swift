import JSON
import Jobs
import ScriptedHTTP
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

    @Test
    func theWordsOfAGatewayArePassedOn() async throws {
        let server = try await ScriptedServer.start(.answer(503, "down for maintenance"))
        let target = submission().target
        let error = await #expect(throws: KomodoError.self) {
            try await withClient(testConnection(server.url)) { try await $0.isBusy(target) }
        }
        #expect(error?.message.contains("down for maintenance") == true)
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

    @Test(arguments: [
        (#"{"error":"Too many attempts | Try again in 12s"}"#, 12), ("", 15),
    ])
    func aLimitedReadNamesAWait(_ body: String, _ seconds: Int) async throws {
        let server = try await ScriptedServer.start(.answer(429, body))
        let target = submission().target
        let error = await #expect(throws: KomodoError.self) {
            try await withClient(testConnection(server.url)) { try await $0.isBusy(target) }
        }
        #expect(error?.code == .throttled(retryAfter: .seconds(seconds)))
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
    func aRefusedConnectionNamesTheAddress() async throws {
        // Nothing listens on a port that only the system may use.
        let url = "http://127.0.0.1:1"
        let target = submission().target
        let error = await #expect(throws: KomodoError.self) {
            try await withClient(testConnection(url)) { try await $0.isBusy(target) }
        }
        #expect(error?.message.contains(url) == true)
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
