import Jobs
import ScriptedHTTP
import Testing

@testable import KomodoClient

/// What is tried again and what is not, row by row and in both dialects.
@Suite(.timeLimit(.minutes(5)))
struct RetryTableTests {
    private static let dialects = [KomodoDialect.core, .signed]

    @Test(arguments: RetryTable.rows.filter { $0.call == .read })
    func aReadIsTriedAsOftenAsItsRuleSays(_ row: RetryRow) async throws {
        let report = try await RetryBench.run(row)
        #expect(report.outcome == row.expected.outcome)
        #expect(report.status == row.komodo.status)
        let tries = row.expected.isRepeated ? RetryBench.countMax + 1 : 1
        #expect(report.tokens == Array(repeating: .poll, count: tries))
        let waits: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2)]
        #expect(report.waits == Array(waits.prefix(tries - 1)))
        let heads = report.received.heads
        if !row.komodo.isHeard {
            #expect(heads.isEmpty)
        } else if !row.komodo.isSilent {
            #expect(heads.count == tries)
        }
        expectOwnSignatures(heads, row.dialect)
    }

    @Test(arguments: RetryTable.rows.filter { $0.call == .submission })
    func aSubmissionIsNeverRepeatedByTheClient(_ row: RetryRow) async throws {
        let report = try await RetryBench.run(row)
        #expect(report.outcome == row.expected.outcome)
        #expect(report.status == row.komodo.status)
        #expect(!row.expected.isRepeated)
        #expect(report.waits.isEmpty)
        // Its token was taken together with writing the intent.
        #expect(report.tokens.isEmpty)
        let sent = row.komodo.isHeard ? 1 : 0
        #expect(report.asked == sent)
        #expect(report.received.requests.count == sent)
        #expect(report.received.heads.count == sent)
        if row.expected.outcome == "undelivered" { #expect(report.received.bodyBytes == 0) }
    }

    @Test(
        arguments: RetryTable.rows.filter {
            $0.expected.isRepeated && $0.komodo.isHeard && !$0.komodo.isSilent
        })
    func whatIsTriedAgainEndsWithTheFirstAnswer(_ row: RetryRow) async throws {
        let answer = ScriptedServer.text(200, RetryBench.isBusy)
        let report = try await RetryBench.run(row, then: [.send(answer)])
        #expect(report.outcome == "ok")
        #expect(report.tokens.count == 3)
        expectOwnSignatures(report.received.heads, row.dialect)
    }

    @Test(arguments: dialects, [0, 1, 3, 10])
    func theCountLimitsTheTries(_ dialect: KomodoDialect, _ count: Int) async throws {
        let server = try await ScriptedServer.start(.answer(503, ""))
        var connection = testConnection(server.url, total: .seconds(3_000))
        connection.retry = RetryPolicy(countMax: count)
        let clock = RetryClock(policy: connection.retry)
        try await withAPI(dialect, connection, surroundings: clock.surroundings()) { client in
            #expect(await RetryBench.outcome(ofReading: client) == "unreachable")
        }
        #expect(server.received.requests.count == count + 1)
        #expect(clock.waits.count == count)
        try await server.stop()
    }

    @Test(arguments: dialects, [0, 250, 499, .max] as [UInt64])
    func theWaitsDoubleBetweenHalfAndTheWhole(
        _ dialect: KomodoDialect, _ random: UInt64
    ) async throws {
        let server = try await ScriptedServer.start(.answer(503, ""))
        var connection = testConnection(server.url)
        connection.retry = RetryBench.policy
        let clock = RetryClock(random: random)
        try await withAPI(dialect, connection, surroundings: clock.surroundings()) { client in
            _ = await RetryBench.outcome(ofReading: client)
        }
        #expect(clock.waits == (1...3).map { RetryBench.policy.wait(failures: $0, random: random) })
        for (wait, whole) in zip(clock.waits, [Duration.seconds(1), .seconds(2), .seconds(4)]) {
            #expect(wait >= whole / 2 && wait <= whole)
        }
        try await server.stop()
    }

    @Test(arguments: dialects, [429, 503])
    func nothingLeavesBeforeTheTimeThatKomodoAskedFor(
        _ dialect: KomodoDialect, _ status: Int
    ) async throws {
        let server = try await ScriptedServer.start(
            .inTurn([
                [
                    .send(
                        ScriptedServer.text(
                            status, "slow down",
                            headers: ["Retry-After": "2000", "X-RateLimit-Remaining": "0"]))
                ], [.send(ScriptedServer.text(200, RetryBench.isBusy))],
            ]))
        let clock = RetryClock()
        let witness = Witness()
        try await withAPI(
            dialect, testConnection(server.url), witness: witness,
            surroundings: clock.surroundings()
        ) { client in
            #expect(await RetryBench.outcome(ofReading: client) == "throttled")
            clock.advance(by: .seconds(1_000))
            #expect(await RetryBench.outcome(ofReading: client) == "throttled")
            #expect(kind(await client.submit(submission()) { true }.outcome) == "throttled")
            #expect(server.received.requests.count == 1)
            clock.advance(by: .seconds(1_000))
            #expect(await RetryBench.outcome(ofReading: client) == "ok")
        }
        #expect(witness.permits.count == 2)
        #expect(
            witness.signals.first == KomodoSignals(rateRemaining: 0, retryAfter: .seconds(2_000)))
        try await server.stop()
    }

    @Test(arguments: dialects)
    func aTryWithoutATokenIsNotMade(_ dialect: KomodoDialect) async throws {
        let server = try await ScriptedServer.start(.answer(503, ""))
        let taken = Tally()
        let permit: RequestPermit = { _ throws(KomodoError) in
            guard taken.add() < 2 else {
                throw KomodoError(.budgetExhausted(wait: .seconds(7)), "No request left for 7 s.")
            }
        }
        try await withAPI(
            dialect, testConnection(server.url, retries: 5),
            surroundings: TestClock().surroundings(), permit: permit
        ) { client in
            #expect(await RetryBench.outcome(ofReading: client) == "no budget")
        }
        #expect(server.received.requests.count == 2)
        try await server.stop()
    }

    /// Every request of the signed interface carries a signature of its own moment.
    private func expectOwnSignatures(
        _ heads: [ScriptedServer.Request], _ dialect: KomodoDialect,
        at location: SourceLocation = #_sourceLocation
    ) {
        for name in ["x-komodo-signature", "x-komodo-timestamp"] {
            let values = heads.compactMap { $0.headers[name] }
            let expected = dialect == .signed ? heads.count : 0
            #expect(values.count == expected, sourceLocation: location)
            #expect(Set(values).count == expected, sourceLocation: location)
        }
    }
}
