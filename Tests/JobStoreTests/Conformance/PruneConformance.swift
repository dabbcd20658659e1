import JobStore
import Jobs
import Testing

/// Old jobs go, and what must outlive them stays.
@Suite(.timeLimit(.minutes(2)))
struct PruneConformance {
    /// Removes what the rule names, step by step.
    @discardableResult
    private static func prune(_ test: StoreUnderTest, _ rule: PruneRule) async throws -> PruneCounts
    {
        var counts = PruneCounts()
        var place: PrunePlace?
        repeat {
            let step = try await test.store.prune(rule, from: place)
            counts += step.removed
            place = step.next
        } while place != nil
        return counts
    }

    private static func prunable(_ test: StoreUnderTest, _ rule: PruneRule) async throws
        -> PruneCounts
    {
        var counts = PruneCounts()
        var place: PrunePlace?
        repeat {
            let step = try await test.store.prunable(rule, from: place)
            counts += step.removed
            place = step.next
        } while place != nil
        return counts
    }

    private static func everything(_ test: StoreUnderTest) -> PruneRule {
        PruneRule(jobsEndedBefore: test.clock.now + .seconds(1))
    }

    /// A finished job with a log.
    private static func finished(
        _ test: StoreUnderTest, _ number: Int, update: String? = nil,
        _ change: (inout NewJob) -> Void = { _ in }
    ) async throws -> JobRecord {
        let job = try await test.running(.build, number, update: update ?? "u\(number)", change)
        try await test.store.save([Samples.log(0, "needle \(number)")], try test.lease(of: job))
        return try await test.apply(.concluded(.succeeded), to: job)
    }

    private static func rows(_ test: StoreUnderTest) async throws -> [Int64] {
        try await test.store.jobs(JobQuery()).jobs.map(\.row)
    }

    @Test(arguments: StoreFactory.all)
    func whatEndedBeforeGoesWithItsHistoryAndItsLogs(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let old = try await Self.finished(test, 1)
        test.clock.advance(.seconds(60))
        let rule = PruneRule(jobsEndedBefore: test.clock.now)
        let young = try await Self.finished(test, 2)
        let events = try await test.store.events(EventQuery(old.row)).events.count
        let expected = try await Self.prunable(test, rule)
        #expect(expected.jobs == 1 && expected.logs == 1 && expected.events == events)
        #expect(expected.logBytes == 8)
        #expect(try await Self.rows(test).count == 2)
        #expect(try await Self.prune(test, rule) == expected)
        #expect(try await Self.rows(test) == [young.row])
        #expect(await storeError { try await test.store.job("\(old.id)") } == .unknownReference)
        #expect(try await test.store.events(EventQuery(old.row)).events.isEmpty)
        #expect(try await test.store.logs(of: old.row).isEmpty)
        #expect(try await test.store.logs(of: young.row).count == 1)
        #expect(try await Self.prune(test, rule).isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func unfinishedJobsAndThoseThatAreStillFollowedStay(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let overdue = try await test.apply(
            .deadlinePassed, to: try await test.running(.build, 1, update: "u1"))
        #expect(overdue.state.isTerminal && overdue.holdsLane)
        let running = try await test.running(.build, 2, update: "u2")
        let queued = try await test.enqueue(.build, 3)
        test.clock.advance(.seconds(99 * 86_400))
        #expect(try await Self.prune(test, Self.everything(test)).jobs == 0)
        #expect(try await Self.rows(test) == [queued.row, running.row, overdue.row])
    }

    @Test(arguments: StoreFactory.all)
    func theNewestStayByTheirNumber(factory: StoreFactory) async throws {
        let test = try await factory.make()
        var jobs: [Int64] = []
        for number in 1...5 { jobs.append(try await Self.finished(test, number).row) }
        var rule = Self.everything(test)
        rule.newestKept = 9
        #expect(try await Self.prune(test, rule).isEmpty)
        rule.newestKept = 2
        #expect(try await Self.prune(test, rule).jobs == 3)
        #expect(try await Self.rows(test) == [jobs[4], jobs[3]])
    }

    @Test(arguments: StoreFactory.all)
    func logsMayGoBeforeTheirJobs(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let old = try await Self.finished(test, 1)
        test.clock.advance(.seconds(60))
        let rule = PruneRule(logsEndedBefore: test.clock.now)
        let young = try await Self.finished(test, 2)
        let expected = try await Self.prunable(test, rule)
        let removed = try await Self.prune(test, rule)
        #expect(removed == expected && removed.logs == 1 && removed.jobs == 0)
        #expect(removed.events == 0)
        #expect(try await Self.rows(test) == [young.row, old.row])
        #expect(try await test.store.logs(of: old.row).isEmpty)
        #expect(try await test.store.logs(of: young.row).count == 1)
        #expect(try await !test.store.events(EventQuery(old.row)).events.isEmpty)
        #expect(try await Self.prune(test, rule).isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func aKeyOutlivesItsJobByAMonth(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let request: (inout NewJob) -> Void = {
            $0.idempotencyKey = "key"
            $0.isNew = false
        }
        _ = try await Self.finished(test, 1, request)
        #expect(try await Self.prune(test, Self.everything(test)).jobs == 1)
        func isRefused() async throws -> Bool {
            if case .refused = try await test.result(.build, 1, request) { return true }
            return false
        }
        #expect(try await isRefused())
        test.clock.advance(.seconds(30 * 86_400))
        #expect(try await Self.prune(test, Self.everything(test)).keys == 0)
        #expect(try await isRefused())
        test.clock.advance(.seconds(1))
        #expect(try await Self.prune(test, Self.everything(test)).keys == 1)
        #expect(try await !isRefused())
    }

    @Test(arguments: StoreFactory.all)
    func anUpdateOfARemovedJobIsNobodyElses(factory: StoreFactory) async throws {
        let test = try await factory.make()
        _ = try await Self.finished(test, 1, update: "u1")
        #expect(try await Self.prune(test, Self.everything(test)).jobs == 1)
        #expect(
            try await test.store.adopted(["u1", "u2"], instance: Samples.instance) == ["u1"])
        // Neither by evidence,
        let reconciling = try await test.reconciling(.build, 1)
        let lease = try test.lease(of: reconciling)
        #expect(
            await storeError {
                try await test.store.advance(
                    lease, by: .evidenceFound(.update("u1")), Findings())
            } == .violated)
        let contested = try #require(try await test.store.endContested("u1", lease))
        guard case .applied(let unknown) = contested else {
            Issue.record("\(contested)")
            return
        }
        #expect(unknown.state == .failed(.outcomeUnknown))
        // nor by hand.
        #expect(
            await storeError {
                try await test.store.resolve(
                    unknown.row, .adopt("u1"), by: Samples.caller())
            } == .conflict)
    }

    @Test(arguments: StoreFactory.all)
    func aDoubtIsKeptForADay(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let unknown = try await test.unknown(.runProcedure, 1)
        let lane = try #require(unknown.lane)
        test.clock.advance(.seconds(3_600))
        #expect(try await Self.prune(test, Self.everything(test)).jobs == 0)
        #expect(try await Self.prunable(test, Self.everything(test)).jobs == 0)
        #expect(try await test.store.isLaneDoubtful(lane))
        test.clock.advance(.seconds(86_400))
        #expect(try await Self.prune(test, Self.everything(test)).jobs == 1)
    }

    @Test(arguments: StoreFactory.all)
    func aRepetitionStaysWhileWhatItRepeatsDoes(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let failed = try await test.apply(
            .concluded(.failed(Samples.problem)),
            to: try await test.running(.deploy, 1, update: "u1"))
        // The job itself was asked for by a clock that ran ahead, and is looked at last.
        test.clock.setWallClock(test.clock.now - .seconds(3_600))
        let again = try await test.store.retry(failed.row, by: Samples.caller())
        _ = try await test.store.cancel(again.row)
        let rule = PruneRule(jobsEndedBefore: test.clock.now + .seconds(1))
        #expect(try await Self.prune(test, rule).jobs == 0)
        #expect(
            await storeError { try await test.store.retry(failed.row, by: Samples.caller()) }
                == .conflict)
        test.clock.advance(.seconds(7_200))
        let later = PruneRule(jobsEndedBefore: test.clock.now)
        #expect(try await Self.prune(test, later).jobs + Self.prune(test, later).jobs == 2)
    }

    @Test(arguments: StoreFactory.all)
    func whoeverIsCutOffLeavesTheRestToTheNext(factory: StoreFactory) async throws {
        let test = try await factory.make()
        for number in 1...300 { _ = try await test.store.cancel(test.enqueue(.build, number).row) }
        let rule = Self.everything(test)
        let first = try await test.store.prune(rule, from: nil)
        #expect(first.removed.jobs > 0 && first.next != nil)
        let left = try await test.store.jobs(JobQuery(limit: 1_000)).jobs.count
        #expect(left == 300 - first.removed.jobs)
        #expect(try await Self.prune(test, rule).jobs == left)
        #expect(try await Self.rows(test).isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func numbersOfRemovedJobsAreNotUsedAgain(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await Self.finished(test, 1)
        try await Self.prune(test, Self.everything(test))
        #expect(try await test.enqueue(.build, 2).row > job.row)
    }
}
