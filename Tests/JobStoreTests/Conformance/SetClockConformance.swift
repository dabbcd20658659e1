import JobStore
import Jobs
import Testing

/// A wall clock that is set back by an hour: no wait becomes longer than it was meant to be.
@Suite(.timeLimit(.minutes(2)))
struct SetClockConformance {
    private static let hour: Duration = .seconds(3_600)

    /// Sets the clock back and lets the store look at it.
    private func setBack(_ test: StoreUnderTest) async throws -> Tick {
        test.clock.setWallClock(test.clock.now - Self.hour)
        return try await test.pass(.milliseconds(1))
    }

    /// A store that has looked at the clock before.
    private func store(_ factory: StoreFactory) async throws -> StoreUnderTest {
        let test = try await factory.make()
        try await test.pass(.milliseconds(1))
        return test
    }

    /// What makes a job wait before it is tried again.
    static let reasons: [(name: String, event: JobEvent)] = [
        ("unavailable", .submitted(.unavailable(Samples.problem))),
        ("busy", .submitted(.busy(Samples.problem))),
        ("key", .submitted(.unauthorized(Samples.problem))),
        ("throttled", .submitted(.throttled(Samples.problem, retryAfter: .seconds(40)))),
    ]

    @Test(arguments: StoreFactory.all, reasons.indices)
    func aPauseBeforeAnotherTryIsOver(factory: StoreFactory, number: Int) async throws {
        let test = try await store(factory)
        try await test.enqueue()
        let sending = try await test.send(try await test.claimOne())
        let waiting = try await test.apply(Self.reasons[number].event, to: sending)
        #expect(waiting.state.status == .pending && waiting.wakeAt != nil)
        let tick = try await setBack(test)
        #expect(tick.hasShortenedWaits && tick.woken == 1)
        let woken = try await test.now(waiting)
        #expect(woken.state == .pending(.queued))
        #expect(woken.expiresAt <= test.clock.now + woken.startWithin)
        // Once, not at every look.
        #expect(try await !test.pass(.seconds(1)).hasShortenedWaits)
    }

    @Test(arguments: StoreFactory.all)
    func aProcessThatStartsLaterSeesItToo(factory: StoreFactory) async throws {
        let test = try await store(factory)
        try await test.enqueue()
        let claimed = try await test.claimOne()
        let waiting = try await test.apply(.targetUnresolved(Samples.problem), to: claimed)
        test.clock.setWallClock(test.clock.now - Self.hour)
        let other = try await test.another()
        let tick = try await other.tick(instance: Samples.instance)
        #expect(tick.hasShortenedWaits && tick.woken == 1)
        #expect(try await test.state(waiting) == .pending(.queued))
    }

    @Test(arguments: StoreFactory.all)
    func aStartWindowLastsNoLongerThanItDoesFromNow(factory: StoreFactory) async throws {
        let test = try await store(factory)
        let job = try await test.enqueue { $0.startWithin = .seconds(60) }
        #expect(try await setBack(test).hasShortenedWaits)
        #expect(try await test.now(job).expiresAt == test.clock.now + .seconds(60))
        let late = try await test.pass(.seconds(60))
        #expect(late.expired.map(\.row) == [job.row])
    }

    @Test(arguments: StoreFactory.all)
    func aWindowThatStandsStillKeepsWhatIsLeftOfIt(factory: StoreFactory) async throws {
        let test = try await store(factory)
        let holder = try await test.running(update: "u1")
        let parked = try await test.enqueue(.restartDeployment) { $0.startWithin = .seconds(60) }
        #expect(try await test.state(parked) == .pending(.held))
        _ = try await setBack(test)
        try await test.pass(.seconds(30))
        try await test.apply(.concluded(.succeeded), to: holder)
        let woken = try await test.now(parked)
        #expect(woken.state == .pending(.queued))
        #expect(woken.expiresAt == test.clock.now + .seconds(60))
    }

    @Test(arguments: StoreFactory.all)
    func whatIsScheduledKeepsItsMoment(factory: StoreFactory) async throws {
        let test = try await store(factory)
        let job = try await test.enqueue { $0.runAt = test.clock.now + .seconds(60) }
        let tick = try await setBack(test)
        #expect(!tick.hasShortenedWaits && tick.woken == 0)
        #expect(try await test.now(job) == job)
    }

    @Test(arguments: StoreFactory.all)
    func aClockThatIsSetForwardShortensNothing(factory: StoreFactory) async throws {
        let test = try await store(factory)
        let job = try await test.enqueue { $0.startWithin = Self.hour * 3 }
        test.clock.setWallClock(test.clock.now + Self.hour)
        #expect(try await !test.pass(.milliseconds(1)).hasShortenedWaits)
        #expect(try await test.now(job) == job)
    }

    @Test(arguments: StoreFactory.all)
    func whatAnotherStoredAMomentLaterIsNoWaitFromTheFuture(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue()
        // The store's first look began just before that.
        test.clock.setWallClock(test.clock.now - .milliseconds(5))
        #expect(try await !test.pass(.milliseconds(1)).hasShortenedWaits)
        #expect(try await test.now(job) == job)
    }

    @Test func aRefusalOfTheKeyCountsForItsPauseOnly() {
        let now = Timestamp(milliseconds: 1_790_000_000_000)
        let pause: Duration = .seconds(30)
        let credential = Credential(
            instance: Samples.instance, keyFingerprint: "key-1", refusedUntil: now + pause)
        #expect(credential.isRefused(at: now, atMost: pause))
        #expect(credential.isRefused(at: now + .seconds(29), atMost: pause))
        #expect(!credential.isRefused(at: now + pause, atMost: pause))
        #expect(!credential.isRefused(at: now - .milliseconds(1), atMost: pause))
        #expect(!credential.isRefused(at: now - Self.hour, atMost: pause))
    }

    @Test func aKeyIsTriedWithOneJobAfterItsRefusalAndUsedFreelyWhenTheClockWasSetBack() {
        let now = Timestamp(milliseconds: 1_790_000_000_000)
        let pause: Duration = .seconds(30)
        let credential = Credential(
            instance: Samples.instance, keyFingerprint: "key-1", refusedUntil: now + pause)
        let moments: [Duration] = [
            .zero, .seconds(29), .seconds(30), .seconds(89), .seconds(90), .seconds(-1),
        ]
        let trust = moments.map {
            credential.trust(at: now + $0, pauseMax: pause, trial: .seconds(60))
        }
        #expect(trust == [.refused, .refused, .onTrial, .onTrial, .free, .free])
    }
}
