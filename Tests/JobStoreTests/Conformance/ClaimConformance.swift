import JobStore
import Jobs
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ClaimConformance {
    @Test(arguments: StoreFactory.all)
    func higherPriorityGoesFirstThenAge(factory: StoreFactory) async throws {
        let test = try await factory.make()
        var jobs: [Int64] = []
        for (number, priority) in [0, 5, 0, -1, 5].enumerated() {
            jobs.append(try await test.enqueue(.deploy, number) { $0.priority = priority }.row)
        }
        var claimed: [Int64] = []
        for _ in jobs { claimed += try await test.claim(limit: 1).map(\.row) }
        #expect(claimed == [jobs[1], jobs[4], jobs[0], jobs[2], jobs[3]])
        #expect(try await test.claim().isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func aClaimGivesALeaseAnAttemptAndTheLane(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue()
        let claimed = try await test.claimOne()
        #expect(claimed.row == job.row && claimed.state == .starting(.claimed))
        #expect(claimed.attempt == 1 && claimed.leaseOwner == "w1" && claimed.holdsLane)
        #expect(claimed.leaseNumber > job.leaseNumber)
        #expect(try await test.now(job) == claimed)
        #expect(try await test.store.laneHolder(try #require(job.lane)) == claimed)
        #expect(try await test.store.owned(by: "w1") == [claimed])
        #expect(try await test.reasons(job) == ["enqueued", "claimed"])
    }

    @Test(arguments: StoreFactory.all)
    func aJobWhoseStartWindowHasClosedIsLeftToTheTick(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.startWithin = .seconds(60) }
        test.clock.advance(.seconds(60))
        #expect(try await test.claim().isEmpty)
        #expect(try await test.state(job) == .pending(.queued))
        let tick = try await test.store.tick(instance: Samples.instance)
        #expect(tick.expired.map(\.row) == [job.row])
    }

    @Test(arguments: StoreFactory.all)
    func noMoreThanTheLimitIsTaken(factory: StoreFactory) async throws {
        let test = try await factory.make()
        for number in 1...5 { try await test.enqueue(.deploy, number) }
        #expect(try await test.claim(limit: 0).isEmpty)
        #expect(try await test.claim(limit: 3).count == 3)
        #expect(try await test.claim(limit: 3).count == 2)
    }

    @Test(arguments: StoreFactory.all)
    func oneJobOfALaneIsUnderWayAtATime(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let first = try await test.enqueue(.deploy)
        let second = try await test.enqueue(.restartDeployment)
        let elsewhere = try await test.enqueue(.deploy, 2)
        #expect(try await test.claim().map(\.row) == [first.row, elsewhere.row])
        let held = try await test.now(second)
        #expect(held.state == .pending(.held) && held.pausedAt == test.clock.now)
        #expect(try await test.reasons(second) == ["enqueued", "lane_busy"])
        #expect(try await test.claim().isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func manyWorkersNeverShareALaneOrAJob(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let other = try await test.another()
        let operations: [JobOperation] = [.deploy, .restartDeployment, .stopDeployment]
        try await test.store.enqueue(
            (0..<90).map { number in
                EnqueueRequest(job: Samples.job(operations[number % 3], number % 30))
            }
        ).forEach { #expect($0.job != nil) }
        let claimed = try await withThrowingTaskGroup(of: [JobRecord].self) { group in
            for number in 0..<8 {
                let store = number.isMultiple(of: 2) ? test.store : other
                group.addTask {
                    var jobs: [JobRecord] = []
                    for _ in 0..<12 {
                        jobs += try await store.claim(Samples.worker("w\(number)"), limit: 3)
                    }
                    return jobs
                }
            }
            return try await group.reduce([], +)
        }
        #expect(claimed.count == 30)
        #expect(Set(claimed.map(\.row)).count == 30)
        #expect(Set(claimed.map(\.lane)).count == 30)
    }

    @Test(arguments: StoreFactory.all)
    func aWorkerTakesJobsOfItsOwnKeyAndADaemonAll(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let mine = try await test.enqueue(.deploy, 1)
        let other = try await test.enqueue(.deploy, 2) { $0.keyFingerprint = "key-2" }
        try await test.enqueue(.deploy, 3) { $0.instance = "https://other.example" }
        #expect(try await test.claim(Samples.worker(key: "key-3")).isEmpty)
        #expect(try await test.claim(Samples.worker()).map(\.row) == [mine.row])
        let daemon = Samples.worker("d", key: "key-9", servesAllKeys: true)
        #expect(try await test.claim(daemon).map(\.row) == [other.row])
    }

    @Test(arguments: StoreFactory.all)
    func aScheduledJobIsTakenWhenItIsDue(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.runAt = test.clock.now + .seconds(60) }
        #expect(job.state == .pending(.scheduled) && job.wakeAt == job.runAt)
        let early = try await test.pass(.milliseconds(59_999))
        #expect(early.woken == 0 && early.nextAt == job.runAt)
        #expect(try await test.claim().isEmpty)
        #expect(try await test.pass(.milliseconds(1)).woken == 1)
        #expect(try await test.claimOne().row == job.row)
    }

    @Test(arguments: StoreFactory.all)
    func aMomentThatHasPassedIsNow(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.runAt = test.clock.now }
        #expect(job.state == .pending(.queued))
    }

    // Waking up in the lane.

    /// How the holder of a lane can let go of it.
    enum End: CaseIterable {
        case success, failure, remoteCancel, cancelWhileClaimed, cancelWhileBackingOff, expiry
    }

    @Test(arguments: StoreFactory.all, End.allCases)
    func theNextOfTheLaneWakesWhenItIsReleased(factory: StoreFactory, end: End) async throws {
        let test = try await factory.make()
        let holder = try await test.enqueue()
        let waiting = try await test.enqueue(.restartDeployment) {
            $0.startWithin = .seconds(86_400)
        }
        let claimed = try await test.claimOne()
        #expect(try await test.state(waiting) == .pending(.held))
        switch end {
        case .success:
            try await test.apply(
                .concluded(.succeeded), to: try await test.accept(claimed, update: "u1"))
        case .failure:
            try await test.apply(.targetRefused(Samples.problem), to: claimed)
        case .remoteCancel:
            try await test.apply(
                .concluded(.cancelled(Samples.problem)),
                to: try await test.accept(claimed, update: "u1"))
        case .cancelWhileClaimed: _ = try await test.store.cancel(holder.row)
        case .cancelWhileBackingOff:
            try await test.apply(.targetUnresolved(Samples.problem), to: claimed)
            #expect(try await test.state(waiting) == .pending(.held))
            _ = try await test.store.cancel(holder.row)
        case .expiry:
            try await test.apply(.targetUnresolved(Samples.problem), to: claimed)
            #expect(try await test.pass(.seconds(3_600)).expired.map(\.row) == [holder.row])
        }
        #expect(try await test.now(holder).holdsLane == false)
        let woken = try await test.now(waiting)
        #expect(woken.state == .pending(.queued) && woken.pausedAt == nil)
        #expect(try await test.reasons(waiting) == ["enqueued", "lane_busy", "lane_free"])
        #expect(try await test.claimOne().row == waiting.row)
    }

    @Test(arguments: StoreFactory.all)
    func waitersGoOneByOneInTheirOrder(factory: StoreFactory) async throws {
        let test = try await factory.make()
        var running = try await test.running(update: "u0")
        var waiting: [JobRecord] = []
        for priority in [0, 0, 7] {
            waiting.append(
                try await test.enqueue(.restartDeployment) { $0.priority = priority })
        }
        var order: [Int64] = []
        for number in 1...3 {
            try await test.apply(.concluded(.succeeded), to: running)
            let claimed = try await test.claimOne()
            order.append(claimed.row)
            running = try await test.accept(claimed, update: "u\(number)")
        }
        #expect(order == [waiting[2].row, waiting[0].row, waiting[1].row])
    }

    @Test(arguments: StoreFactory.all)
    func aWaiterThatNobodyWorksForHoldsUpNoOtherKey(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let running = try await test.running(update: "u0")
        let stranger = try await test.enqueue(.restartDeployment) { $0.keyFingerprint = "key-2" }
        let later = try await test.enqueue(.stopDeployment) { $0.keyFingerprint = "key-2" }
        let mine = try await test.enqueue(.startDeployment)
        try await test.apply(.concluded(.succeeded), to: running)
        let claimed = try await test.claimOne()
        #expect(claimed.row == mine.row)
        #expect(try await test.state(later) == .pending(.held))
        // Its worker comes while the lane is held, so it waits there again.
        let other = Samples.worker("w2", key: "key-2")
        #expect(try await test.store.claim(other, limit: 5).isEmpty)
        #expect(try await test.state(stranger) == .pending(.held))
        try await test.apply(
            .concluded(.succeeded), to: try await test.accept(claimed, update: "u1"))
        #expect(try await test.store.claim(other, limit: 5).map(\.row) == [stranger.row])
    }

    @Test(arguments: StoreFactory.all)
    func aWokenJobThatIsCancelledPassesTheLaneOn(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let running = try await test.running(update: "u0")
        let first = try await test.enqueue(.restartDeployment)
        let second = try await test.enqueue(.stopDeployment)
        try await test.apply(.concluded(.succeeded), to: running)
        #expect(try await test.state(first) == .pending(.queued))
        #expect(try await test.state(second) == .pending(.held))
        _ = try await test.store.cancel(first.row)
        #expect(try await test.claimOne().row == second.row)
    }

    @Test(arguments: StoreFactory.all)
    func aHeldJobThatIsCancelledLeavesTheLaneAlone(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let running = try await test.running(update: "u0")
        let first = try await test.enqueue(.restartDeployment)
        let second = try await test.enqueue(.stopDeployment)
        _ = try await test.store.cancel(first.row)
        #expect(try await test.state(second) == .pending(.held))
        #expect(try await test.now(running).holdsLane)
    }

    @Test(arguments: StoreFactory.all)
    func aJobThatBacksOffKeepsItsLane(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let first = try await test.enqueue()
        let second = try await test.enqueue(.restartDeployment)
        let sending = try await test.send(try await test.claimOne())
        let waiting = try await test.apply(
            .submitted(.undelivered(Samples.problem)), to: sending)
        #expect(waiting.state == .pending(.backoff) && waiting.holdsLane)
        #expect(waiting.attempt == 0 && waiting.failures == 1 && waiting.error == Samples.problem)
        #expect(try await test.claim().isEmpty)
        try await test.pass(.seconds(2))
        #expect(try await test.claimOne().row == first.row)
        #expect(try await test.state(second) == .pending(.held))
    }

    @Test(arguments: StoreFactory.all)
    func aCancelDoesNotWaitForWhatItStops(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let build = try await test.running(.build, update: "u1")
        let cancel = try await test.enqueue(.cancelBuild)
        #expect(cancel.lane != build.lane)
        #expect(try await test.claimOne().row == cancel.row)
        let second = try await test.enqueue(.cancelBuild)
        #expect(second.state == .pending(.held))
    }

    // Targets that were not resolved when the job was made.

    @Test(arguments: StoreFactory.all)
    func anUnresolvedJobGetsItsTargetAndLane(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue { $0.target.id = nil }
        let claimed = try await test.claimOne()
        #expect(claimed.lane != nil && claimed.holdsLane)
        let result = try await test.store.assign(
            Target(type: .deployment, id: Samples.id(1), name: "renamed"),
            to: try test.lease(of: claimed))
        guard case .noted(let assigned) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(assigned.target.id == Samples.id(1) && assigned.target.name == "renamed")
        #expect(assigned.holdsLane && assigned.state == .starting(.claimed))
        #expect(try await test.now(claimed) == assigned)
        // To be told the same again changes nothing.
        let again = try await test.store.assign(assigned.target, to: try test.lease(of: assigned))
        #expect(again == .noted(assigned))
        _ = try await test.send(assigned)
    }

    @Test(arguments: StoreFactory.all)
    func ordersForOneNameStayInOrderWhileNobodyKnowsItsID(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let first = try await test.enqueue { $0.target.id = nil }
        let second = try await test.enqueue(.restartDeployment) { $0.target.id = nil }
        // By now the name is known.
        let third = try await test.enqueue(.stopDeployment)
        var order: [Int64] = []
        for _ in 0..<3 {
            let job = try await test.claimOne()
            order.append(job.row)
            #expect(job.target.id == third.target.id)
            #expect(try await test.claim().isEmpty)
            _ = try await test.store.advance(
                try test.lease(of: job), by: .targetRefused(JobError(.notFound, "gone")),
                Findings())
        }
        #expect(order == [first.row, second.row, third.row])
    }

    @Test(arguments: StoreFactory.all)
    func anUnresolvedJobWaitsWhenItsTargetIsBusy(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let running = try await test.running(update: "u1")
        let job = try await test.enqueue(.restartDeployment) { $0.target.id = nil }
        let claimed = try await test.claimOne()
        let result = try await test.store.assign(
            Samples.target(1), to: try test.lease(of: claimed))
        guard case .applied(let held) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(held.state == .pending(.held) && held.attempt == 0 && held.leaseOwner == nil)
        #expect(held.lane == running.lane && !held.holdsLane)
        try await test.apply(.concluded(.succeeded), to: running)
        #expect(try await test.claimOne().row == job.row)
    }

    @Test(arguments: StoreFactory.all)
    func unresolvedJobsOfOneNameGoOneByOne(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let first = try await test.enqueue { $0.target.id = nil }
        let second = try await test.enqueue(.restartDeployment) { $0.target.id = nil }
        let claimed = try await test.claimOne()
        #expect(claimed.row == first.row)
        #expect(try await test.state(second) == .pending(.held))
        _ = try await test.store.assign(Samples.target(1), to: try test.lease(of: claimed))
        let moved = try await test.now(second)
        #expect(moved.target.id == Samples.id(1))
        #expect(moved.lane == (try await test.now(first)).lane)
        #expect(try await test.claim().isEmpty)
        let running = try await test.accept(try await test.now(first), update: "u1")
        try await test.apply(.concluded(.succeeded), to: running)
        #expect(try await test.claimOne().row == second.row)
    }

    @Test(arguments: StoreFactory.all)
    func jobsThatGetTheirTargetAreAsTheirHistorySays(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue { $0.target.id = nil }
        let others = [
            try await test.enqueue(.restartDeployment) { $0.target.id = nil },
            try await test.enqueue(.stopDeployment) { $0.target.id = nil },
        ]
        let claimed = try await test.claimOne()
        _ = try await test.store.assign(Samples.target(1), to: try test.lease(of: claimed))
        for other in others {
            let last = try await test.store.events(EventQuery(other.row)).events.last
            #expect(try await test.state(other) == last?.state)
        }
    }

    /// What becomes of the first order for a name while it is not known yet what it names.
    enum First: CaseIterable { case queued, claimed, backingOff }

    @Test(arguments: StoreFactory.all, First.allCases)
    func laterOrdersThatKnowTheTargetDoNotOvertake(factory: StoreFactory, first: First) async throws
    {
        let test = try await factory.make()
        let one = try await test.enqueue { $0.target.id = nil }
        if first != .queued {
            let claimed = try await test.claimOne()
            if first == .backingOff {
                try await test.apply(.targetUnresolved(Samples.problem), to: claimed)
            }
        }
        let two = try await test.enqueue(.stopDeployment) { $0.target.id = nil }
        let three = try await test.enqueue(.restartDeployment)
        #expect(try await test.now(one).target.id == Samples.id(1))
        #expect(try await test.now(two).target.id == Samples.id(1))
        var order: [Int64] = []
        for number in 0..<3 {
            try await test.pass(.seconds(2))
            let waiting = try await test.store.owned(by: "w1").first
            let claimed: JobRecord
            if let waiting { claimed = waiting } else { claimed = try await test.claimOne() }
            order.append(claimed.row)
            try await test.apply(
                .concluded(.succeeded), to: try await test.accept(claimed, update: "u\(number)"))
        }
        #expect(order == [one.row, two.row, three.row])
    }

    @Test(arguments: StoreFactory.all)
    func aWaiterIsNotForgottenWhenItsLaneIsRenamed(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue { $0.target.id = nil }
        let claimed = try await test.claimOne()
        let waiting = try await test.enqueue(.stopDeployment) { $0.target.id = nil }
        try await test.enqueue(.restartDeployment) { $0.runAt = test.clock.now + .seconds(900) }
        _ = try await test.store.cancel(claimed.row)
        #expect(try await test.claimOne().row == waiting.row)
    }

    @Test(arguments: StoreFactory.all)
    func aLostLeaseAssignsNothing(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue { $0.target.id = nil }
        let claimed = try await test.claimOne()
        let stale = Lease(job: claimed.row, worker: "w1", number: claimed.leaseNumber - 1)
        #expect(try await test.store.assign(Samples.target(1), to: stale) == .leaseLost)
        #expect(try await test.now(claimed) == claimed)
    }
}
