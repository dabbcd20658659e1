import JobStore
import Jobs
import Testing

/// Cancellation in every phase of a job.
@Suite(.timeLimit(.minutes(2)))
struct CancelConformance {
    /// A way to a phase in which nothing was sent.
    enum Unsent: CaseIterable {
        case queued, scheduled, held, backoff, throttled, keyRefused, claimed
    }

    @Test(arguments: StoreFactory.all, Unsent.allCases)
    func whatWasNotSentEndsAtOnce(factory: StoreFactory, phase: Unsent) async throws {
        let test = try await factory.make()
        let job = try await Self.job(test, phase)
        let before = try await test.now(job)
        guard case .applied(let cancelled) = try await test.store.cancel(job.row) else {
            Issue.record("not cancelled")
            return
        }
        #expect(cancelled.state == .cancelled(.beforeSend))
        #expect(cancelled.finishedAt == test.clock.now)
        #expect(cancelled.cancelRequestedAt == test.clock.now)
        #expect(cancelled.leaseOwner == nil && !cancelled.holdsLane && cancelled.wakeAt == nil)
        #expect(try await test.now(job) == cancelled)
        #expect(try await test.reasons(job).last == "cancel_requested")
        if let lease = before.lease {
            #expect(
                try await test.store.advance(lease, by: .intentRecorded, Findings()) == .leaseLost)
        }
        try await test.pass(.seconds(7_200))
        #expect(try await test.state(job) == .cancelled(.beforeSend))
        #expect(try await test.claim().isEmpty)
    }

    private static func job(_ test: StoreUnderTest, _ phase: Unsent) async throws -> JobRecord {
        switch phase {
        case .queued: return try await test.enqueue()
        case .scheduled:
            return try await test.enqueue { $0.runAt = test.clock.now + .seconds(60) }
        case .held:
            _ = try await test.running(update: "u1")
            return try await test.enqueue(.restartDeployment)
        case .claimed:
            try await test.enqueue()
            return try await test.claimOne()
        case .backoff: return try await unsent(test, .undelivered(Samples.problem))
        case .throttled: return try await unsent(test, .throttled(Samples.problem, retryAfter: nil))
        case .keyRefused: return try await unsent(test, .unauthorized(Samples.problem))
        }
    }

    private static func unsent(
        _ test: StoreUnderTest, _ outcome: SubmissionOutcome
    ) async throws -> JobRecord {
        try await test.enqueue()
        return try await test.apply(
            .submitted(outcome), to: try await test.send(try await test.claimOne()))
    }

    /// A phase in which the operation may run.
    enum Sent: CaseIterable { case sending, reconciling, accepted, inProgress, unreachable }

    @Test(arguments: StoreFactory.all, Sent.allCases)
    func whatMayRunRemembersTheWish(factory: StoreFactory, phase: Sent) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        var job = try await test.send(try await test.claimOne())
        switch phase {
        case .sending: break
        case .reconciling:
            job = try await test.apply(.submitted(.ambiguous(Samples.problem)), to: job)
        case .accepted, .inProgress, .unreachable:
            job = try await test.apply(.submitted(.accepted(.update("u1"))), to: job)
            if phase == .inProgress { job = try await test.apply(.progressed, to: job) }
            if phase == .unreachable { job = try await test.apply(.becameUnreachable, to: job) }
        }
        let moment = test.clock.now
        guard case .noted(let noted) = try await test.store.cancel(job.row) else {
            Issue.record("not noted")
            return
        }
        var expected = job
        expected.cancelRequestedAt = moment
        #expect(noted == expected)
        #expect(try await test.now(job) == expected)
        let isRunning = job.state.status == .running
        #expect(try await test.store.cancelsWaiting("w1") == (isRunning ? [expected] : []))
        #expect(try await test.store.cancelsWaiting("w2").isEmpty)

        // A second wish changes nothing.
        test.clock.advance(.seconds(5))
        _ = try await test.store.cancel(job.row)
        #expect(try await test.now(job) == expected)
        #expect(try await test.reasons(job).filter { $0 == "cancel_requested" }.count == 1)

        #expect(
            try await test.store.recordCancelSent(try test.lease(of: job), reason: "cancel_sent"))
        #expect(try await test.now(job).cancelSentAt == test.clock.now)
        #expect(try await test.reasons(job).last == "cancel_sent")
        #expect(try await test.store.cancelsWaiting("w1").isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func aCancelledSubmissionThatCameToNothingIsNotSentAgain(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        let sending = try await test.send(try await test.claimOne())
        _ = try await test.store.cancel(sending.row)
        let ended = try await test.apply(.submitted(.busy(Samples.problem)), to: sending)
        #expect(ended.state == .cancelled(.beforeSend))
    }

    @Test(arguments: StoreFactory.all)
    func aCancelledRunEndsAsItReallyEnded(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1")
        _ = try await test.store.cancel(job.row)
        let cancelling = try await test.apply(.cancelDelivered, to: job)
        #expect(cancelling.state == .running(.cancelling))
        let ended = try await test.apply(.concluded(.succeeded), to: cancelling)
        #expect(ended.state == .success)
    }

    @Test(arguments: StoreFactory.all)
    func aVerificationIsSimplyDropped(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1") { $0.waitsForHealth = true }
        let verifying = try await test.apply(.concluded(.succeeded), to: job)
        #expect(verifying.state == .running(.verifying))
        guard case .applied(let ended) = try await test.store.cancel(job.row) else {
            Issue.record("not ended")
            return
        }
        #expect(ended.state == .success && !ended.holdsLane)
    }

    @Test(arguments: StoreFactory.all)
    func whatHasEndedIsLeftAlone(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let done = try await test.apply(
            .concluded(.succeeded), to: try await test.running(update: "u1"))
        let overdue = try await test.apply(
            .deadlinePassed, to: try await test.running(.deploy, 2, update: "u2"))
        for job in [done, overdue] {
            let reasons = try await test.reasons(job)
            #expect(try await test.store.cancel(job.row) == .ignored(job))
            #expect(try await test.now(job) == job)
            #expect(try await test.reasons(job) == reasons)
        }
    }

    @Test(arguments: StoreFactory.all)
    func aJobThatIsNotThereIsAnError(factory: StoreFactory) async throws {
        let test = try await factory.make()
        #expect(await storeError { try await test.store.cancel(99) } == .unknownReference)
        #expect(try await test.store.job(row: 99) == nil)
    }
}
