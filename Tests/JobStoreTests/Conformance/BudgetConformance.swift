import JobStore
import Jobs
import Testing

/// The budget that all processes share, and what is known about keys.
@Suite(.timeLimit(.minutes(2)))
struct BudgetConformance {
    private static let limits = TokenBucket.Limits(perMinute: 60, burst: 120)
    private static let instance = Samples.instance

    /// Takes until nothing is left.
    private static func drain(
        _ store: any JobStore, _ purpose: TokenBucket.Purpose
    ) async throws -> Int {
        var count = 0
        while try await store.take(purpose, instance: instance, limits: limits) == .granted {
            count += 1
        }
        return count
    }

    private static func affordable(_ test: StoreUnderTest, requestsEach: Int) async throws -> Int {
        try await test.store.agenda(Samples.worker(), limits: limits).submissionsAffordable(
            requestsEach: requestsEach, at: test.clock.sinceBoot, limits)
    }

    @Test(arguments: StoreFactory.all)
    func twoProcessesShareOneBucket(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        async let first = Self.drain(test.store, .submission)
        async let second = Self.drain(other, .submission)
        let together = try await first + second
        #expect(together == Int(TokenBucket.full(Self.limits, at: 0).shared))
        let reads = try await Self.drain(other, .read)
        #expect(try await Self.drain(test.store, .read) == 0)
        let report = try #require(try await other.budgets(Self.limits).first)
        #expect(report.spent == [.submission: together, .poll: 0, .read: reads])
        #expect(report.bucket.shared < 1 && report.bucket.reads < 1 && report.blockedFor == nil)
        test.clock.advance(.seconds(60))
        let refilled = try #require(try await test.store.budgets(Self.limits).first)
        #expect(refilled.bucket.total > report.bucket.total + 40)
        #expect(try await Self.drain(test.store, .submission) > 0)
    }

    @Test(arguments: StoreFactory.all)
    func affordableSubmissionsAreCountedAndNotTaken(factory: StoreFactory) async throws {
        let test = try await factory.make()
        func affordable() async throws -> Int {
            try await Self.affordable(test, requestsEach: 1)
        }
        let before = try await affordable()
        #expect(before > 0)
        #expect(try await affordable() == before)
        #expect(try await test.store.budgets(Self.limits).isEmpty)
        #expect(try await Self.drain(test.store, .submission) == before)
        #expect(try await affordable() == 0)
        test.clock.advance(.seconds(30))
        #expect(try await affordable() > 0)
        try await test.store.obey(
            remaining: nil, wait: .seconds(5), instance: Self.instance, limits: Self.limits)
        #expect(try await affordable() == 0)
    }

    @Test(arguments: StoreFactory.all)
    func aSubmissionOfTwoRequestsNeedsTwoTokens(factory: StoreFactory) async throws {
        let test = try await factory.make()
        func affordable(_ requestsEach: Int) async throws -> Int {
            try await Self.affordable(test, requestsEach: requestsEach)
        }
        #expect(try await affordable(2) == affordable(1) / 2)
        for _ in 1..<(try await affordable(1)) {
            _ = try await test.store.take(
                .submission, instance: Self.instance, limits: Self.limits)
        }
        #expect(try await affordable(1) == 1)
        #expect(try await affordable(2) == 0)
    }

    @Test(arguments: StoreFactory.all, [false, true])
    func onlyThePatientKeepTheirJobWithoutAToken(
        factory: StoreFactory, isPatient: Bool
    ) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        let job = try #require(try await test.claim().first)
        let lease = try #require(job.lease)
        _ = try await Self.drain(test.store, .submission)
        var intent = Samples.intent(limits: Self.limits)
        intent.isPatient = isPatient
        guard case .throttled(let wait) = try await test.store.recordIntent(lease, intent) else {
            Issue.record("there was a token")
            return
        }
        test.clock.advance(wait)
        let again = try await test.store.recordIntent(lease, intent)
        switch again {
        case .recorded: #expect(isPatient)
        case .leaseLost: #expect(!isPatient)
        case .throttled: Issue.record("there is still no token")
        }
    }

    @Test(arguments: StoreFactory.all, [false, true])
    func pollsLeaveTheNextTokensToJobsThatWait(factory: StoreFactory, isNoted: Bool) async throws {
        let test = try await factory.make()
        for purpose in [TokenBucket.Purpose.poll, .read] {
            _ = try await Self.drain(test.store, purpose)
        }
        if isNoted {
            try await test.store.noteSubmissionsWait(
                instance: Self.instance, limits: Self.limits)
        }
        // Of the two tokens that come back a poll's own share is less than one.
        test.clock.advance(.seconds(2))
        let answer = try await test.store.take(.poll, instance: Self.instance, limits: Self.limits)
        #expect((answer == .granted) != isNoted)
    }

    @Test(arguments: StoreFactory.all)
    func everyInstanceHasABucketOfItsOwn(factory: StoreFactory) async throws {
        let test = try await factory.make()
        _ = try await Self.drain(test.store, .submission)
        let answer = try await test.store.take(
            .submission, instance: "https://other.example", limits: Self.limits)
        #expect(answer == .granted)
        #expect(
            try await test.store.budgets(Self.limits).map(\.instance)
                == [Self.instance, "https://other.example"])
    }

    @Test(arguments: StoreFactory.all)
    func komodosFiguresHoldForAllProcesses(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        try await test.store.obey(
            remaining: 5, wait: .seconds(9), instance: Self.instance, limits: Self.limits)
        #expect(
            try await other.take(.poll, instance: Self.instance, limits: Self.limits)
                == .refused(wait: .seconds(9)))
        let report = try #require(try await other.budgets(Self.limits).first)
        #expect(report.blockedFor == .seconds(9) && abs(report.bucket.total - 5) < 0.01)
        test.clock.advance(.seconds(9))
        #expect(
            try await other.take(.poll, instance: Self.instance, limits: Self.limits) == .granted)
    }

    @Test(arguments: StoreFactory.all)
    func aKeyAndWhatIsKnownAboutItAreRemembered(factory: StoreFactory) async throws {
        let test = try await factory.make()
        #expect(
            try await test.store.credential(instance: Self.instance, keyFingerprint: "k") == nil)
        var credential = Credential(
            instance: Self.instance, keyFingerprint: "k", operatorID: "op", username: "ann",
            version: "2.3.2", clockOffset: .milliseconds(-1_500))
        try await test.store.save(credential)
        func stored() async throws -> Credential? {
            try await test.store.credential(instance: Self.instance, keyFingerprint: "k")
        }
        #expect(try await stored() == credential)
        // A refusal keeps what was known, and what is known later ends the refusal.
        let until = test.clock.now + .seconds(30)
        try await test.store.save(
            Credential(
                instance: Self.instance, keyFingerprint: "k", refusedUntil: until,
                refusedMessage: "no"))
        var refused = credential
        refused.refusedUntil = until
        refused.refusedMessage = "no"
        #expect(try await stored() == refused)
        credential.version = "2.4.0"
        try await test.store.saveIdentity(credential)
        refused.version = "2.4.0"
        #expect(try await stored() == refused)
        try await test.store.save(credential)
        #expect(try await stored() == credential)
        #expect(
            try await test.store.credential(instance: Self.instance, keyFingerprint: "other")
                == nil)
    }
}
