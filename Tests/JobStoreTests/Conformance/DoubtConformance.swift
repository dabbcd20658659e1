import JobStore
import Jobs
import Testing

/// What is remembered of requests that count as never started, and of runs that failed.
@Suite(.timeLimit(.minutes(2)))
struct DoubtConformance {
    private static func intent(_ watermark: IntentRequest.Watermark) -> IntentRequest {
        IntentRequest(
            operatorID: "operator-1", komodoTime: nil, sendWindow: .seconds(5),
            requestTimeout: .seconds(20), limits: Samples.limits, watermark: watermark)
    }

    private static func send(
        _ test: StoreUnderTest, _ job: JobRecord, _ watermark: IntentRequest.Watermark
    ) async throws -> JobRecord {
        let lease = try test.lease(of: job)
        let result = try await test.store.recordIntent(lease, intent(watermark))
        guard case .recorded(let sending) = result else {
            throw StoreUnderTest.Unexpected(description: "\(result)")
        }
        return sending
    }

    @Test(arguments: StoreFactory.all)
    func whatALookShowedIsTheWatermark(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let noted = Watermark(
            targetType: "Deployment", targetID: Samples.id(1), operation: "Deploy",
            startedAt: test.clock.now)
        try await test.store.saveWatermarks([noted], instance: Samples.instance)
        for moment in [Timestamp(milliseconds: 400), nil] {
            try await test.enqueue()
            let sending = try await Self.send(test, try await test.claimOne(), .read(moment))
            #expect(sending.intent?.watermark == moment)
            try await test.apply(.submitted(.rejected(Samples.problem)), to: sending)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aTimeAheadOfKomodosClockIsNoWatermark(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let noted = Watermark(
            targetType: "Deployment", targetID: Samples.id(1), operation: "Deploy",
            startedAt: test.clock.now + .seconds(86_400))
        try await test.store.saveWatermarks([noted], instance: Samples.instance)
        try await test.enqueue()
        let sending = try await Self.send(test, try await test.claimOne(), .noted)
        let watermark = try #require(sending.intent?.watermark)
        #expect(watermark < test.clock.now)
    }

    @Test(arguments: StoreFactory.all)
    func aResendKeepsTheWatermarkOfTheDoubtedRequest(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let first = Timestamp(milliseconds: 1_000)
        try await test.enqueue()
        let sent = try await Self.send(test, try await test.claimOne(), .read(first))
        let lost = try await test.apply(.submitted(.ambiguous(Samples.problem)), to: sent)
        try await test.apply(.evidenceAbsent, to: lost)
        let late = Timestamp(milliseconds: 9_000)
        let again = try await Self.send(test, try await test.claimOne(), .read(late))
        #expect(again.attempt == 2 && again.intent?.watermark == first)
        // Nor does a second one that is not delivered lose it.
        try await test.apply(.submitted(.undelivered(Samples.problem)), to: again)
        try await test.pass(.seconds(60))
        let third = try await Self.send(test, try await test.claimOne(), .read(late))
        #expect(third.intent?.watermark == first && third.facts.isDoubted)
    }

    @Test(arguments: StoreFactory.all)
    func aRunThatFailedSettlesTheDoubt(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue { $0.retriesFailure = true }
        let sent = try await test.send(try await test.claimOne())
        let lost = try await test.apply(.submitted(.ambiguous(Samples.problem)), to: sent)
        let doubted = try await test.apply(.evidenceAbsent, to: lost)
        #expect(doubted.facts.isDoubted)
        let running = try await test.accept(try await test.claimOne(), update: "u1")
        let failed = try await test.apply(.concluded(.failed(Samples.problem)), to: running)
        #expect(failed.state == .pending(.backoff) && !failed.facts.isDoubted)
    }

    @Test(arguments: StoreFactory.all)
    func aCancelBetweenTwoRepeatsTellsOfTheRun(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.retriesFailure = true }
        let running = try await test.accept(try await test.claimOne(), update: "u1")
        try await test.apply(.concluded(.failed(Samples.problem)), to: running)
        guard case .applied(let ended) = try await test.store.cancel(job.row) else {
            Issue.record("a waiting job can be cancelled")
            return
        }
        #expect(ended.state == .failed(.remoteFailed))
    }

    @Test(arguments: StoreFactory.all)
    func whatDidNotRunUsesUpNoRepeat(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue {
            $0.retriesFailure = true
            $0.startWithin = .seconds(86_400)
        }
        var last = JobState.pending(.queued)
        var runs = 0
        while last.status == .pending {
            let busy = try await test.accept(try await test.claimOne(), update: "busy-\(runs)")
            try await test.apply(.concluded(.busy(Samples.problem)), to: busy)
            try await test.pass(.seconds(600))
            let running = try await test.accept(try await test.claimOne(), update: "run-\(runs)")
            last = try await test.apply(.concluded(.failed(Samples.problem)), to: running).state
            runs += 1
            try await test.pass(.seconds(600))
        }
        #expect(runs == 4 && last == .failed(.remoteFailed))
    }
}
