import JobStore
import Jobs
import Testing

/// From the intent to the end, and who may write it down.
@Suite(.timeLimit(.minutes(2)))
struct SubmissionConformance {
    @Test(arguments: StoreFactory.all)
    func aJobGoesFromTheQueueToSuccess(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue { $0.deadline = .seconds(60) }
        let claimed = try await test.claimOne()
        test.clock.advance(.seconds(1))
        let sending = try await test.send(claimed)
        #expect(sending.state == .starting(.sending) && sending.startedAt == test.clock.now)
        let intent = try #require(sending.intent)
        #expect(intent.sentAt == test.clock.now && intent.watermark == nil)
        #expect(intent.operatorID == "operator-1" && intent.clockOffset == .zero)
        #expect(intent.leavesBy == test.clock.storeClock().moment() + .seconds(5))
        #expect(intent.requestTimeout == .seconds(20))
        test.clock.advance(.seconds(1))
        let accepted = try await test.apply(
            .submitted(.accepted(.update("u1"))), to: sending, Findings(detail: #"{"status":200}"#))
        #expect(accepted.state == .running(.accepted) && accepted.remote == .update("u1"))
        #expect(accepted.acceptedAt == test.clock.now)
        #expect(accepted.deadlineAt == test.clock.now + .seconds(60))
        test.clock.advance(.seconds(1))
        let progressed = try await test.apply(.progressed, to: accepted)
        #expect(progressed.deadlineAt == accepted.deadlineAt)
        #expect(progressed.acceptedAt == accepted.acceptedAt)
        test.clock.advance(.seconds(3))
        let ended = try await test.apply(
            .concluded(.succeeded), to: progressed,
            Findings(version: "1.2.3", commitHash: "abc", logs: [Samples.log(0, "done")]))
        #expect(ended.state == .success && ended.finishedAt == test.clock.now)
        #expect(ended.version == "1.2.3" && ended.commitHash == "abc" && ended.error == nil)
        #expect(!ended.holdsLane && ended.leaseOwner == nil && ended.remote == .update("u1"))
        #expect(try await test.now(job) == ended)
        #expect(try await test.store.logs(of: job.row) == [Samples.log(0, "done")])

        let events = try await test.store.events(EventQuery(job.row)).events
        #expect(
            events.map(\.reason) == [
                "enqueued", "claimed", "intent_recorded", "accepted", "progressed", "succeeded",
            ])
        #expect(
            events.map(\.state) == [
                .pending(.queued), .starting(.claimed), .starting(.sending), .running(.accepted),
                .running(.inProgress), .success,
            ])
        #expect(events.map(\.attempt) == [0, 1, 1, 1, 1, 1])
        #expect(events.map(\.worker) == [nil, "w1", "w1", "w1", "w1", nil])
        #expect(events[3].detail == #"{"status":200}"#)
        #expect(events.last?.at == test.clock.now)
        let tail = try await test.store.events(EventQuery(job.row, limit: 2))
        #expect(tail == EventPage(events: Array(events[4...]), earlier: 4))
        let told = try await test.store.events(EventQuery(job.row, attempt: 1, hasDetail: true))
        #expect(told.events == events.filter { $0.attempt == 1 && $0.detail != nil })
        #expect(told.earlier == 0 && !told.events.isEmpty)
        let unsent = try await test.store.events(EventQuery(job.row, attempt: 0, limit: 1))
        #expect(unsent == EventPage(events: [events[0]], earlier: 0))
    }

    @Test(arguments: StoreFactory.all)
    func withoutATokenNothingIsSent(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let limits = TokenBucket.Limits(perMinute: 60, burst: 70)
        let job = try await test.enqueue()
        while try await test.store.take(.submission, instance: Samples.instance, limits: limits)
            == .granted
        {}
        let claimed = try await test.claimOne()
        let result = try await test.store.recordIntent(
            try test.lease(of: claimed), Samples.intent(limits: limits))
        guard case .throttled(let wait) = result else {
            Issue.record("\(result)")
            return
        }
        let waiting = try await test.now(job)
        #expect(waiting.state == .pending(.throttled) && waiting.attempt == 0)
        #expect(waiting.leaseOwner == nil && waiting.intent == nil && waiting.holdsLane)
        #expect(waiting.wakeAt == test.clock.now + wait && wait > .zero)
        #expect(try await test.pass(wait).woken == 1)
        #expect(try await test.claimOne().row == job.row)
    }

    @Test(arguments: StoreFactory.all)
    func theTokenIsTakenWithTheIntentOrNotAtAll(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        let claimed = try await test.claimOne()
        let lease = try test.lease(of: claimed)
        let stale = Lease(job: lease.job, worker: "w2", number: lease.number)
        #expect(try await test.store.recordIntent(stale, Samples.intent()) == .leaseLost)
        #expect(try await test.store.budgets(Samples.limits).isEmpty)
        _ = try await test.send(claimed)
        #expect(try await test.store.budgets(Samples.limits).first?.spent[.submission] == 1)
        // An intent is recorded once.
        #expect(try await test.store.recordIntent(lease, Samples.intent()) == .leaseLost)
        #expect(try await test.store.budgets(Samples.limits).first?.spent[.submission] == 1)
    }

    @Test(arguments: StoreFactory.all)
    func nothingIsSentWithoutATargetAndALane(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue { $0.target.id = nil }
        let claimed = try await test.claimOne()
        let code = await storeError { try await test.send(claimed) }
        #expect(code != nil)
        #expect(try await test.now(claimed) == claimed)
        #expect(try await test.store.budgets(Samples.limits).isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func theIntentRemembersTheNewestUpdateSeen(factory: StoreFactory) async throws {
        let test = try await factory.make()
        func mark(_ operation: String, _ milliseconds: Int64, target: Int = 1) -> Watermark {
            Watermark(
                targetType: "Deployment", targetID: Samples.id(target), operation: operation,
                startedAt: Timestamp(milliseconds: milliseconds))
        }
        try await test.store.saveWatermarks(
            [mark("Deploy", 500), mark("Deploy", 300), mark("StopDeployment", 900)],
            instance: Samples.instance)
        try await test.store.saveWatermarks([mark("Deploy", 400)], instance: Samples.instance)
        try await test.store.saveWatermarks([mark("Deploy", 800)], instance: "https://other")
        try await test.store.saveWatermarks(
            [mark("Deploy", 700, target: 2)],
            instance: Samples.instance)
        try await test.store.saveWatermarks([], instance: Samples.instance)
        try await test.enqueue()
        let sending = try await test.send(try await test.claimOne())
        #expect(sending.intent?.watermark == Timestamp(milliseconds: 500))
    }

    @Test(arguments: StoreFactory.all)
    func aStacksWatermarkIsTheNewestOfAllItsUpdates(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let marks = [("DeployStack", 100), ("RestartStackService", 300), ("StopStack", 900)].map {
            Watermark(
                targetType: "Stack", targetID: Samples.id(1), operation: $0.0,
                startedAt: Timestamp(milliseconds: Int64($0.1)))
        }
        try await test.store.saveWatermarks(marks, instance: Samples.instance)
        try await test.enqueue(.deployStackIfChanged)
        let sending = try await test.send(try await test.claimOne())
        #expect(sending.intent?.watermark == Timestamp(milliseconds: 300))
    }

    // Leases.

    @Test(arguments: StoreFactory.all)
    func aLostLeaseLeavesTheRowAlone(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1")
        let lease = try test.lease(of: job)
        let stale = [
            Lease(job: lease.job, worker: lease.worker, number: lease.number - 1),
            Lease(job: lease.job, worker: lease.worker, number: lease.number + 1),
            Lease(job: lease.job, worker: "w2", number: lease.number),
            Lease(job: lease.job + 1, worker: lease.worker, number: lease.number),
        ]
        let reasons = try await test.reasons(job)
        for lost in stale {
            #expect(try await !test.store.holds(lost))
            let result = try await test.store.advance(
                lost, by: .concluded(.succeeded), Findings(logs: [Samples.log(0, "x")]))
            #expect(result == .leaseLost)
            #expect(try await test.store.recordCancelSent(lost, reason: "x") == false)
            #expect(try await test.store.follow("u2", lost) == false)
            try await test.store.save([Samples.log(0, "x")], lost)
            try await test.store.note("x", detail: nil, lost)
        }
        #expect(try await test.now(job) == job)
        #expect(try await test.reasons(job) == reasons)
        #expect(try await test.store.logs(of: job.row).isEmpty)
        #expect(try await test.store.holds(lease))
    }

    @Test(arguments: StoreFactory.all)
    func aLaterLeaseOfTheSameWorkerFencesTheEarlier(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        let first = try await test.claimOne()
        try await test.apply(.released, to: first)
        let second = try await test.claimOne()
        #expect(second.leaseOwner == first.leaseOwner && second.row == first.row)
        #expect(second.leaseNumber > first.leaseNumber)
        let old = try test.lease(of: first)
        #expect(try await test.store.advance(old, by: .intentRecorded, Findings()) == .leaseLost)
        #expect(try await test.store.holds(try test.lease(of: second)))
    }

    @Test(arguments: StoreFactory.all)
    func anEventWithoutMeaningChangesNothing(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        let claimed = try await test.claimOne()
        let result = try await test.store.advance(
            try test.lease(of: claimed), by: .becameHealthy, Findings())
        #expect(result == .ignored(claimed))
        #expect(try await test.reasons(claimed) == ["enqueued", "claimed"])
    }

    // Attempts.

    @Test(arguments: StoreFactory.all)
    func aBusyRunIsTriedAgainUnderAnotherUpdate(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let first = try await test.running(update: "u1")
        let waiting = try await test.apply(.concluded(.busy(Samples.problem)), to: first)
        #expect(waiting.state == .pending(.backoff) && waiting.remote == nil)
        #expect(waiting.acceptedAt == nil && waiting.deadlineAt == nil && waiting.attempt == 1)
        try await test.pass(.seconds(60))
        let second = try await test.accept(try await test.claimOne(), update: "u2")
        #expect(second.attempt == 2 && second.remote == .update("u2"))
        #expect(
            try await test.store.adopted(["u1", "u2", "u3"], instance: Samples.instance)
                == ["u1", "u2"])
    }

    @Test(arguments: StoreFactory.all)
    func whenItWasSentIsToldByKomodosClockWhateverOursIsSetTo(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue()
        let claimed = try await test.claimOne()
        let there = test.clock.now + .seconds(90)
        let time = KomodoTime(there, sinceBoot: test.clock.storeClock().sinceBoot())
        test.clock.advance(.seconds(2))
        test.clock.setWallClock(test.clock.now + .seconds(3_600))
        let result = try await test.store.recordIntent(
            try test.lease(of: claimed), Samples.intent(komodoTime: time))
        guard case .recorded(let sending) = result else {
            throw StoreUnderTest.Unexpected(description: "\(result)")
        }
        #expect(sending.intent?.sentAt == test.clock.now)
        #expect(sending.intent?.sentAtThere == there + .seconds(2))
        #expect(try await test.now(sending).intent == sending.intent)
        let lost = try await test.apply(.submitted(.ambiguous(Samples.problem)), to: sending)
        let doubted = try await test.apply(.evidenceAbsent, to: lost)
        #expect(doubted.doubtedSentAt == there + .seconds(2))
    }

    @Test(arguments: StoreFactory.all)
    func whoeverHasAnAnswerSendsNoMore(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let clock = test.clock.storeClock()
        let start = clock.moment()
        try await test.enqueue()
        let sending = try await test.send(try await test.claimOne())
        test.clock.advance(.seconds(1))
        let lost = try await test.apply(.submitted(.ambiguous(Samples.problem)), to: sending)
        #expect(lost.intent?.leavesBy == start + .seconds(1))
        try await test.enqueue(.deploy, 2)
        let late = try await test.send(try await test.claimOne())
        test.clock.advance(.seconds(20))
        let unanswered = try await test.apply(.submitted(.ambiguous(Samples.problem)), to: late)
        #expect(unanswered.intent?.leavesBy == start + .seconds(6))
        try await test.enqueue(.deploy, 3)
        let slow = try await test.send(try await test.claimOne())
        test.clock.advance(.seconds(20))
        let accepted = try await test.apply(
            .submitted(.accepted(.update(Samples.id(9)))), to: slow)
        #expect(accepted.intent?.leavesBy == start + .seconds(41))
    }

    @Test(arguments: StoreFactory.all)
    func aLaneIsDoubtfulForADayAfterAnUnknownOutcome(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let unknown = try await test.unknown(.runProcedure, 1)
        let lane = try #require(unknown.lane)
        let other = try await test.running(.runProcedure, 2, update: "u9")
        try await test.apply(.concluded(.succeeded), to: other)
        #expect(try await test.store.isLaneDoubtful(lane))
        #expect(try await !test.store.isLaneDoubtful(try #require(other.lane)))
        test.clock.advance(.seconds(86_400))
        #expect(try await test.store.isLaneDoubtful(lane))
        test.clock.advance(.seconds(1))
        #expect(try await !test.store.isLaneDoubtful(lane))
    }

    @Test(arguments: StoreFactory.all)
    func aResendRemembersWhenTheDoubtBegan(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let reconciling = try await test.reconciling()
        let sentAt = reconciling.intent?.sentAt
        test.clock.advance(.seconds(50))
        let queued = try await test.apply(.evidenceAbsent, to: reconciling)
        #expect(queued.state == .pending(.queued) && queued.doubtedSentAt == sentAt)
        let again = try await test.send(try await test.claimOne())
        #expect(again.doubtedSentAt == sentAt && again.intent?.sentAt == test.clock.now)
        #expect(again.attempt == 2)
    }

    @Test(arguments: StoreFactory.all)
    func anAmbiguousSearchKeepsItsCandidates(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let unknown = try await test.unknown()
        #expect(unknown.state == .failed(.outcomeUnknown))
        #expect(unknown.candidates == ["u1", "u2"] && unknown.error?.code == .outcomeUnknown)
        #expect(try await test.now(unknown) == unknown)
    }

    // Adoption.

    @Test(arguments: StoreFactory.all)
    func twoJobsNeverOwnOneUpdate(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue(.deploy, 1)
        try await test.enqueue(.deploy, 2)
        let jobs = try await test.claim()
        let first = try await test.accept(jobs[0], update: "u1")
        let second = try await test.send(jobs[1])
        let code = await storeError {
            try await test.apply(.submitted(.accepted(.update("u1"))), to: second)
        }
        #expect(code != nil)
        #expect(try await test.now(second) == second)
        try await test.apply(.concluded(.succeeded), to: first)
        let later = await storeError {
            try await test.apply(.submitted(.accepted(.update("u1"))), to: second)
        }
        #expect(later != nil)
        // Another instance has updates of its own.
        #expect(try await test.store.adopted(["u1"], instance: "https://other").isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func aJobFollowedByStateTakesAnUpdateOnce(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue(.deployStackIfChanged)
        let sending = try await test.send(try await test.claimOne())
        let running = try await test.apply(.submitted(.accepted(.state)), to: sending)
        #expect(running.remote == .state)
        let other = try await test.running(.deploy, 2, update: "taken")
        let lease = try test.lease(of: running)
        #expect(try await test.store.follow("taken", lease) == false)
        #expect(try await test.store.follow("u1", lease))
        let followed = try await test.now(running)
        #expect(followed.remote == .update("u1") && followed.state == running.state)
        #expect(followed.acceptedAt == running.acceptedAt && followed.lease == running.lease)
        #expect(try await test.store.follow("u2", lease) == false)
        #expect(try await test.store.adopted(["u1", "u2"], instance: Samples.instance) == ["u1"])
        #expect(other.remote == .update("taken"))
    }

    @Test(arguments: StoreFactory.all)
    func anOverdueJobFollowedByStateStaysOverdue(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue(.deployStackIfChanged) { $0.deadline = .seconds(5) }
        let sending = try await test.send(try await test.claimOne())
        let running = try await test.apply(.submitted(.accepted(.state)), to: sending)
        let overdue = try await test.apply(.deadlinePassed, to: running)
        test.clock.advance(.seconds(9))
        #expect(try await test.store.follow("u1", try test.lease(of: overdue)))
        var expected = overdue
        expected.remote = .update("u1")
        #expect(try await test.now(overdue) == expected)
    }

    @Test(arguments: StoreFactory.all)
    func aDuplicateThatSurfacesIsShown(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u2")
        let ended = try await test.apply(.concluded(.succeeded), to: job)
        try await test.store.recordDuplicate("odd \"id\" \\", of: job.row)
        let shown = try await test.now(job)
        #expect(shown.duplicateUpdate == "odd \"id\" \\" && shown.state == ended.state)
        #expect(try await test.reasons(job).last == "duplicate_detected")
        try await test.store.recordDuplicate("u9", of: job.row + 100)
    }
}
