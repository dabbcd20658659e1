import JobStore
import Jobs
import Testing

/// What a worker is told to do.
@Suite(.timeLimit(.minutes(2)))
struct AgendaConformance {
    private static let limits = TokenBucket.Limits(perMinute: 60, burst: 120)

    /// A store that has looked at the clock before.
    private func store(_ factory: StoreFactory) async throws -> StoreUnderTest {
        let test = try await factory.make()
        try await test.pass(.milliseconds(1))
        return test
    }

    private func agenda(
        _ test: StoreUnderTest, _ worker: WorkerRecord = Samples.worker()
    ) async throws -> Agenda {
        try await test.store.agenda(worker, limits: Self.limits)
    }

    @Test(arguments: StoreFactory.all)
    func nothingIsToBeDoneAtFirst(factory: StoreFactory) async throws {
        let test = try await store(factory)
        let agenda = try await agenda(test)
        #expect(!agenda.hasDueJobs && !agenda.needsTick)
        #expect(!agenda.mayInherit && !agenda.hasCancels)
        #expect(agenda.credential == nil)
        #expect(agenda.budget == .full(Self.limits, at: test.clock.sinceBoot))
    }

    @Test(arguments: StoreFactory.all)
    func dueJobsOfItsKeyAreTheWorkers(factory: StoreFactory) async throws {
        let test = try await store(factory)
        try await test.enqueue()
        #expect(try await agenda(test).hasDueJobs)
        #expect(try await !agenda(test, Samples.worker("w3", key: "key-2")).hasDueJobs)
        _ = try await test.claimOne()
        #expect(try await !agenda(test).hasDueJobs)
    }

    @Test(arguments: StoreFactory.all)
    func aJobThatWaitsForItsMomentNeedsATickThen(factory: StoreFactory) async throws {
        let test = try await store(factory)
        try await test.enqueue { $0.runAt = test.clock.now + .seconds(60) }
        #expect(try await !agenda(test).hasDueJobs)
        test.clock.advance(.milliseconds(59_999))
        #expect(try await !agenda(test).needsTick)
        test.clock.advance(.milliseconds(1))
        #expect(try await agenda(test).needsTick)
        try await test.pass(.zero)
        let agenda = try await agenda(test)
        #expect(agenda.hasDueJobs && !agenda.needsTick)
    }

    @Test(arguments: StoreFactory.all)
    func aStartWindowThatHasClosedNeedsATick(factory: StoreFactory) async throws {
        let test = try await store(factory)
        try await test.enqueue { $0.startWithin = .seconds(60) }
        #expect(try await !agenda(test).needsTick)
        test.clock.advance(.seconds(60))
        let agenda = try await agenda(test)
        #expect(agenda.needsTick && !agenda.hasDueJobs)
    }

    @Test(arguments: StoreFactory.all)
    func aClockThatWasSetBackNeedsOneTick(factory: StoreFactory) async throws {
        let test = try await store(factory)
        test.clock.setWallClock(test.clock.now - .seconds(3_600))
        #expect(try await agenda(test).needsTick)
        #expect(try await agenda(test).needsTick)
        try await test.pass(.zero)
        #expect(try await !agenda(test).needsTick)
    }

    @Test(arguments: StoreFactory.all)
    func workersThatDieOrFallSilentMayLeaveSomething(factory: StoreFactory) async throws {
        let test = try await store(factory)
        var life: (any AnyObject & Sendable)? = try test.start("w2")
        try await test.store.register(Samples.worker("w1"))
        try await test.store.register(Samples.worker("w2"))
        // Its own row is not another's.
        #expect(try await !agenda(test).mayInherit)
        test.clock.advance(Liveness.leaseTime + .milliseconds(1))
        #expect(try await agenda(test).mayInherit)
        try await test.store.heartbeat(Samples.worker("w2"))
        #expect(try await !agenda(test).mayInherit)
        withExtendedLifetime(life) {}
        life = nil
        #expect(try await agenda(test).mayInherit)
        _ = try await test.store.takeOver(Samples.worker("w1"), grace: Samples.grace)
        #expect(try await !agenda(test).mayInherit)
    }

    @Test(arguments: StoreFactory.all)
    func jobsThatWereGivenBackAreToBeTaken(factory: StoreFactory) async throws {
        let test = try await store(factory)
        _ = try await test.running(update: "u1")
        #expect(try await !agenda(test).mayInherit)
        try await test.store.retire("w1")
        #expect(try await agenda(test).mayInherit)
        let rescuer = Samples.worker("w2")
        #expect(try await test.store.takeOver(rescuer, grace: Samples.grace).count == 1)
        #expect(try await !agenda(test, rescuer).mayInherit)
    }

    @Test(arguments: StoreFactory.all)
    func aCancelOfARunningJobIsItsOwnersToPassOn(factory: StoreFactory) async throws {
        let test = try await store(factory)
        let job = try await test.running(update: "u1")
        #expect(try await !agenda(test).hasCancels)
        _ = try await test.store.cancel(job.row)
        #expect(try await agenda(test).hasCancels)
        #expect(try await !agenda(test, Samples.worker("w2")).hasCancels)
        _ = try await test.store.recordCancelSent(
            try test.lease(of: job), reason: "cancel_sent")
        #expect(try await !agenda(test).hasCancels)
    }

    @Test(arguments: StoreFactory.all)
    func theKeyAndTheBudgetAreAsTheyAreStored(factory: StoreFactory) async throws {
        let test = try await store(factory)
        var key = Credential(instance: Samples.instance, keyFingerprint: "key-1")
        key.operatorID = "o"
        key.username = "n"
        key.version = "2.3.2"
        key.clockOffset = .milliseconds(-7)
        key.refusedUntil = test.clock.now + .seconds(60)
        key.refusedMessage = "no"
        try await test.store.save(key)
        _ = try await test.store.take(.poll, instance: Samples.instance, limits: Self.limits)
        let agenda = try await agenda(test)
        #expect(agenda.credential == key)
        let report = try #require(try await test.store.budgets(Self.limits).first)
        #expect(agenda.budget == report.bucket)
        #expect(agenda.budget.total < TokenBucket.full(Self.limits, at: 0).total)
    }
}
