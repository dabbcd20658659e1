import JobStore
import Jobs
import Testing

/// Start windows, waits and deadlines.
@Suite(.timeLimit(.minutes(2)))
struct TimeConformance {
    @Test(arguments: StoreFactory.all)
    func whatCannotStartInTimeExpires(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.startWithin = .seconds(60) }
        let early = try await test.pass(.milliseconds(59_999))
        #expect(early.expired.isEmpty && early.nextAt == job.expiresAt)
        let late = try await test.pass(.milliseconds(1))
        #expect(late.expired.map(\.row) == [job.row] && late.nextAt == nil)
        let ended = try await test.now(job)
        #expect(ended == late.expired.first)
        #expect(ended.state == .failed(.expired) && ended.error?.code == .timeoutError)
        #expect(ended.finishedAt == test.clock.now && ended.attempt == 0)
        #expect(try await test.claim().isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func aStoreWithoutPendingJobsHasNothingToWaitFor(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        _ = try await test.claimOne()
        let tick = try await test.pass(.seconds(86_400))
        #expect(tick.woken == 0 && tick.expired.isEmpty && tick.nextAt == nil)
    }

    @Test(arguments: StoreFactory.all)
    func aScheduledJobsWindowBeginsWhenItIsDue(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue {
            $0.runAt = test.clock.now + .seconds(600)
            $0.startWithin = .seconds(60)
        }
        try await test.pass(.seconds(600))
        #expect(try await test.state(job) == .pending(.queued))
        try await test.pass(.milliseconds(59_999))
        #expect(try await test.state(job) == .pending(.queued))
        try await test.pass(.milliseconds(1))
        #expect(try await test.state(job) == .failed(.expired))
    }

    @Test(arguments: StoreFactory.all)
    func aRunThatIsRepeatedDoesNotUseUpTheWindow(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1") {
            $0.startWithin = .seconds(60)
            $0.retriesFailure = true
        }
        let left = job.expiresAt - test.clock.now
        try await test.pass(.seconds(86_400))
        try await test.apply(.concluded(.failed(Samples.problem)), to: job)
        let waiting = try await test.now(job)
        #expect(waiting.state == .pending(.backoff))
        #expect(waiting.expiresAt == test.clock.now + left)
    }

    @Test(arguments: StoreFactory.all)
    func timeSpentHeldDoesNotCount(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let holder = try await test.running(update: "u1")
        let parked = try await test.enqueue(.restartDeployment) { $0.startWithin = .seconds(60) }
        try await test.pass(.seconds(86_400))
        #expect(try await test.state(parked) == .pending(.held))
        try await test.apply(.concluded(.succeeded), to: holder)
        let woken = try await test.now(parked)
        #expect(woken.expiresAt == test.clock.now + .seconds(60) && woken.pausedAt == nil)
        #expect(woken.runAt == parked.runAt)
        try await test.pass(.milliseconds(59_999))
        #expect(try await test.state(parked) == .pending(.queued))
        try await test.pass(.milliseconds(1))
        #expect(try await test.state(parked) == .failed(.expired))
    }

    @Test(arguments: StoreFactory.all)
    func aJobThatIsParkedByAClaimStopsItsClockToo(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        let parked = try await test.enqueue(.restartDeployment) { $0.startWithin = .seconds(60) }
        test.clock.advance(.seconds(20))
        let holder = try await test.claimOne()
        try await test.pass(.seconds(500))
        _ = try await test.store.cancel(holder.row)
        #expect(try await test.now(parked).expiresAt == test.clock.now + .seconds(40))
    }

    @Test(arguments: StoreFactory.all)
    func backingOffDoesNotStopTheClock(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.startWithin = .seconds(10) }
        for second in 0..<10 {
            #expect(try await !test.state(job).isTerminal, "after \(second) s")
            if let claimed = try await test.claim().first {
                let waiting = try await test.apply(.targetUnresolved(Samples.problem), to: claimed)
                #expect(waiting.state == .pending(.backoff) && waiting.pausedAt == nil)
                #expect(waiting.expiresAt == job.expiresAt && waiting.runAt == job.runAt)
            }
            try await test.pass(.seconds(1))
        }
        let ended = try await test.now(job)
        #expect(ended.state == .failed(.expired) && ended.failures > 1)
    }

    @Test(arguments: StoreFactory.all)
    func aRefusedKeyStopsTheClockUntilItIsTriedAgain(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue { $0.startWithin = .seconds(10) }
        let sending = try await test.send(try await test.claimOne())
        let held = try await test.apply(.submitted(.unauthorized(Samples.problem)), to: sending)
        #expect(held.state == .pending(.held) && held.pausedAt == test.clock.now)
        let wakeAt = try #require(held.wakeAt)
        #expect(wakeAt - test.clock.now > .seconds(10))
        let tick = try await test.pass(wakeAt - test.clock.now)
        #expect(tick.woken == 1 && tick.expired.isEmpty)
        let woken = try await test.now(held)
        #expect(woken.state == .pending(.queued))
        #expect(woken.expiresAt == test.clock.now + .seconds(10))
    }

    @Test(arguments: StoreFactory.all)
    func whatMayHaveBeenSentNeverExpires(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let lost = try await test.reconciling()
        let running = try await test.running(.deploy, 2, update: "u1")
        let tick = try await test.pass(.seconds(86_400))
        #expect(tick.expired.isEmpty)
        #expect(try await test.now(lost) == lost)
        #expect(try await test.now(running) == running)
    }

    @Test(arguments: StoreFactory.all)
    func aWallClockThatIsSetBackShortensNoWindow(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let holder = try await test.running(update: "u1")
        let parked = try await test.enqueue(.restartDeployment)
        test.clock.setWallClock(test.clock.now - .seconds(1_000))
        try await test.apply(.concluded(.succeeded), to: holder)
        let woken = try await test.now(parked)
        #expect(woken.state == .pending(.queued) && woken.expiresAt == parked.expiresAt)
    }

    @Test(arguments: StoreFactory.all)
    func otherInstancesAreNotTouched(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue {
            $0.instance = "https://other.example"
            $0.startWithin = .seconds(60)
        }
        let tick = try await test.pass(.seconds(600))
        #expect(tick.expired.isEmpty && tick.nextAt == nil)
        #expect(try await test.state(job) == .pending(.queued))
    }

    // Deadlines.

    @Test(arguments: StoreFactory.all)
    func anOverdueJobKeepsItsLaneUntilTheLateEnd(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1") { $0.deadline = .seconds(30) }
        let waiting = try await test.enqueue(.restartDeployment)
        test.clock.advance(.seconds(30))
        let overdue = try await test.apply(.deadlinePassed, to: job)
        #expect(overdue.state == .failed(.deadline) && overdue.error?.code == .timeoutError)
        #expect(overdue.holdsLane && overdue.lease == job.lease && overdue.remote == job.remote)
        #expect(overdue.finishedAt == test.clock.now)
        #expect(try await test.state(waiting) == .pending(.held))
        #expect(
            try await test.store.hasUnfinished(instance: Samples.instance, keyFingerprint: "key-1"))

        test.clock.advance(.seconds(90))
        let lease = try test.lease(of: overdue)
        let result = try await test.store.advance(
            lease, by: .concluded(.succeeded),
            Findings(detail: "{}", logs: [Samples.log(0, "late")]))
        guard case .noted(let settled) = result else {
            Issue.record("\(result)")
            return
        }
        var expected = overdue
        expected.holdsLane = false
        expected.leaseOwner = nil
        expected.lateOutcome = "late_outcome_succeeded"
        #expect(settled == expected)
        #expect(try await test.now(job) == expected)
        #expect(try await test.reasons(job).last == "late_outcome_succeeded")
        #expect(try await test.store.logs(of: job.row).map(\.stdout) == ["late"])
        #expect(try await test.claimOne().row == waiting.row)
        #expect(
            try await test.store.advance(lease, by: .concluded(.succeeded), Findings())
                == .leaseLost)
    }

    @Test(arguments: StoreFactory.all)
    func aDeadlineWhileVerifyingLetsTheLaneGo(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1") { $0.waitsForHealth = true }
        let verifying = try await test.apply(.concluded(.succeeded), to: job)
        let overdue = try await test.apply(.deadlinePassed, to: verifying)
        #expect(overdue.state == .failed(.deadline))
        #expect(!overdue.holdsLane && overdue.leaseOwner == nil)
    }
}
