import JobStore
import Jobs
import Testing

/// Lists, references, logs and figures.
@Suite(.timeLimit(.minutes(2)))
struct HistoryConformance {
    @Test(arguments: StoreFactory.all)
    func aLogsMarkChangesWithTheLogAndWithNothingElse(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(.build, 1, update: "u1")
        let lease = try test.lease(of: job)
        var marks = [try await test.store.logMark(of: job.row)]
        func expectAnother(_ comment: Comment) async throws {
            let mark = try await test.store.logMark(of: job.row)
            #expect(!marks.contains(mark), comment)
            marks.append(mark)
        }
        try await test.store.save([Samples.log(0, "one")], lease)
        try await expectAnother("a first stage")
        try await test.store.save([Samples.log(0, "one and more")], lease)
        try await expectAnother("it grows")
        try await test.store.save([Samples.log(1, "")], lease)
        try await expectAnother("another stage")
        // The same once more, and what happens to others.
        try await test.store.save([Samples.log(1, "")], lease)
        let other = try await test.running(.build, 2, update: "u2")
        try await test.store.save([Samples.log(0, "other")], try test.lease(of: other))
        _ = try await test.store.cancel(job.row)
        #expect(try await test.store.logMark(of: job.row) == marks.last)
        try await test.apply(.concluded(.succeeded), to: try await test.now(job))
        try await expectAnother("the end")
    }

    // Lists.

    private static func rows(_ test: StoreUnderTest, _ query: JobQuery) async throws -> [Int64] {
        try await test.store.jobs(query).jobs.map(\.row)
    }

    @Test(arguments: StoreFactory.all)
    func listsAreFilteredNewestFirst(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let start = test.clock.now
        let queued = try await test.enqueue(.deploy, 1)
        test.clock.advance(.seconds(60))
        let build = try await test.enqueue(.build, 2) { $0.priority = 9 }
        let failed = try await test.apply(
            .targetRefused(Samples.problem), to: try await test.claim(build))
        test.clock.advance(.seconds(60))
        let running = try await test.running(.build, 3, update: "u1") { $0.priority = 9 }
        let scheduled = try await test.enqueue(.deploy, 2) {
            $0.runAt = test.clock.now + .seconds(60)
        }
        let elsewhere = try await test.enqueue(.deploy, 1) {
            $0.instance = "https://other.example"
        }
        let unresolved = try await test.enqueue(.deploy) {
            $0.target = Target(type: .deployment, id: nil, name: "web")
        }
        let all = [queued, failed, running, scheduled, elsewhere, unresolved].map(\.row)

        let cases: [(JobQuery, [Int64])] = [
            (JobQuery(), all), (JobQuery(statuses: Set(JobStatus.allCases)), all),
            (JobQuery(statuses: [.failed]), [failed.row]),
            (JobQuery(statuses: [.failed, .running]), [failed.row, running.row]),
            (JobQuery(statuses: [.success]), []),
            (JobQuery(phase: .scheduled), [scheduled.row]),
            (JobQuery(phase: .rejected), [failed.row]), (JobQuery(phase: .deadline), []),
            (JobQuery(statuses: [.pending], phase: .scheduled), [scheduled.row]),
            (JobQuery(statuses: [.failed], phase: .scheduled), []),
            (JobQuery(operation: .build), [failed.row, running.row]),
            (JobQuery(statuses: [.running], operation: .build), [running.row]),
            (JobQuery(target: "deployment-1"), [queued.row, elsewhere.row]),
            (JobQuery(target: "web"), [unresolved.row]),
            (JobQuery(target: Samples.id(2)), [failed.row, scheduled.row]),
            (JobQuery(operation: .deploy, target: Samples.id(2)), [scheduled.row]),
            (JobQuery(statuses: [.failed], target: Samples.id(2)), [failed.row]),
            (JobQuery(statuses: [.pending], target: "deployment-1"), [queued.row, elsewhere.row]),
            (JobQuery(target: "nobody"), []),
            (JobQuery(instance: "https://other.example"), [elsewhere.row]),
            (JobQuery(target: "deployment-1", instance: Samples.instance), [queued.row]),
            (JobQuery(since: start), all), (JobQuery(since: test.clock.now + .seconds(1)), []),
            (JobQuery(since: start + .milliseconds(1)), Array(all[1...])),
            (JobQuery(since: start + .seconds(120)), Array(all[2...])),
            (JobQuery(statuses: [.pending], since: start + .seconds(1)), Array(all[3...])),
            (JobQuery(operation: .build, since: start + .seconds(61)), [running.row]),
            (JobQuery(limit: 2), Array(all.suffix(2))),
            (JobQuery(limit: 2, before: running.row), [queued.row, failed.row]),
            (JobQuery(statuses: [.pending, .failed], limit: 1, before: running.row), [failed.row]),
        ]
        for (query, expected) in cases {
            #expect(try await Self.rows(test, query) == expected.reversed(), "\(query)")
        }
    }

    @Test(arguments: StoreFactory.all)
    func aSetBackClockHidesNoJobFromItsTime(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let late = try await test.enqueue(.deploy, 1)
        let moment = test.clock.now
        test.clock.setWallClock(moment - .seconds(30))
        let early = try await test.enqueue(.deploy, 2)
        test.clock.advance(.seconds(100))
        let last = try await test.enqueue(.deploy, 3)
        #expect(try await Self.rows(test, JobQuery(since: moment)) == [last.row, late.row])
        #expect(
            try await Self.rows(test, JobQuery(since: moment - .seconds(30)))
                == [last.row, early.row, late.row])
    }

    @Test(arguments: StoreFactory.all, [Set<JobStatus>(), [.pending], [.pending, .cancelled]])
    func pagesStayStableWhileJobsAreAdded(
        factory: StoreFactory, statuses: Set<JobStatus>
    ) async throws {
        let test = try await factory.make()
        var expected: [Int64] = []
        for number in 1...25 {
            let job = try await test.enqueue(.deploy, number)
            if number.isMultiple(of: 3) { _ = try await test.store.cancel(job.row) }
            if !number.isMultiple(of: 3) || statuses != [.pending] { expected.append(job.row) }
        }
        var seen: [Int64] = []
        var before: Int64?
        var pages = 0
        repeat {
            let page = try await test.store.jobs(
                JobQuery(statuses: statuses, limit: 4, before: before))
            seen += page.jobs.map(\.row)
            before = page.next
            pages += 1
            try await test.enqueue(.deploy, 100 + pages)
        } while before != nil && pages < 20
        #expect(seen == expected.reversed())
    }

    @Test(arguments: StoreFactory.all)
    func theLastPageHasNoNext(factory: StoreFactory) async throws {
        let test = try await factory.make()
        for number in 1...4 { try await test.enqueue(.deploy, number) }
        #expect(try await test.store.jobs(JobQuery(limit: 4)).next == nil)
        let page = try await test.store.jobs(JobQuery(limit: 3))
        #expect(page.next == page.jobs.last?.row && page.jobs.count == 3)
        #expect(JobQuery(limit: 0).limit == 1 && JobQuery(limit: 5_000).limit == 1_000)
    }

    // References.

    @Test(arguments: StoreFactory.all)
    func aJobIsFoundByItsIDABeginningOrAnEnding(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue(.deploy)
        test.clock.advance(.seconds(3_600))
        let build = try await test.enqueue(.build)
        let token = job.id.token
        let references = [
            "\(job.id)", "\(job.id)".replacing(token, with: token.lowercased()), token,
            token.lowercased(), String(token.prefix(12)), "job_deploy_\(token.prefix(10))",
            String(token.suffix(6)), token.suffix(8).lowercased(), job.id.ending,
        ]
        for reference in references {
            #expect(try await test.store.job(reference) == job, "\(reference)")
        }
        // A beginning with its operation names a job of that operation.
        #expect(try await test.store.job("job_build_\(token.prefix(1))") == build)
        #expect(try await test.store.job("job_deploy_\(token.prefix(1))") == job)
    }

    @Test(arguments: StoreFactory.all)
    func whatMatchesNothingIsUnknown(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue(.deploy)
        let token = job.id.token
        let references = [
            "", "job", "job_", "job_deploy_", "job_build_\(token)", "job_build_\(token.prefix(9))",
            String(token.suffix(5)), "ZZZZZZZZ", "%", "%%%%%%", "______", "' OR 1=1 --", "u!",
            "\(job.id)X", "job_deploy_\(token.suffix(8))", "job_dance_\(token)", "é",
        ]
        for reference in references {
            #expect(
                await storeError { try await test.store.job(reference) } == .unknownReference,
                "\(reference)")
        }
    }

    @Test(arguments: StoreFactory.all)
    func whatMatchesSeveralIsAmbiguous(factory: StoreFactory) async throws {
        let test = try await factory.make()
        for _ in 0..<6 { try await test.enqueue(.build) }
        let deploy = try await test.enqueue(.deploy)
        let build = try await test.enqueue(.build)
        let token = build.id.token
        for reference in [
            "\(token.prefix(1))", "\(token.prefix(9))", "job_build_\(token.prefix(2))",
        ] {
            let error = await #expect(throws: StoreError.self) {
                try await test.store.job(reference)
            }
            #expect(error?.code == .ambiguousReference, "\(reference)")
            #expect(error?.message.contains("job_build_") == true)
        }
        // Only one of those that begin alike is a deployment.
        #expect(
            try await test.store.job("job_deploy_\(token.prefix(9))") == deploy)
    }

    // Logs and notes.

    @Test(arguments: StoreFactory.all)
    func logsAreReplacedByPositionAndAttempt(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1")
        let lease = try test.lease(of: job)
        try await test.store.save([Samples.log(1, "b"), Samples.log(0, "a")], lease)
        try await test.store.save([Samples.log(0, "a and more")], lease)
        try await test.store.save([Samples.log(0, "again", attempt: 2)], lease)
        try await test.store.save([], lease)
        let logs = try await test.store.logs(of: job.row)
        #expect(logs.map(\.stdout) == ["a and more", "b", "again"])
        #expect(logs.map(\.attempt) == [1, 1, 2] && logs.map(\.position) == [0, 1, 0])
        #expect(logs[0] == Samples.log(0, "a and more"))
    }

    @Test(arguments: StoreFactory.all)
    func onlySoManyStagesOfAnAttemptAreKept(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1")
        let lease = try test.lease(of: job)
        let logs = (0..<LogEntry.stagesMax + 20).map { Samples.log($0, "x") }
        try await test.store.save(logs, lease)
        try await test.store.save(Array(logs.suffix(30)), lease)
        #expect(try await test.store.logs(of: job.row).count == LogEntry.stagesMax)
    }

    @Test(arguments: StoreFactory.all)
    func notesStandInTheHistory(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1")
        try await test.store.note("looked", detail: #"{"n":1}"#, try test.lease(of: job))
        let event = try await test.store.events(EventQuery(job.row)).events.last
        #expect(event?.reason == "looked" && event?.detail == #"{"n":1}"#)
        #expect(event?.state == job.state && event?.worker == "w1")
        #expect(try await test.now(job) == job)
    }

    // Figures.

    @Test(arguments: StoreFactory.all)
    func estimatesComeFromPastRunsOfTheSame(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let target = Samples.target(1)
        func run(_ operation: JobOperation, _ target: Int, _ seconds: Int, _ end: RemoteOutcome)
            async throws
        {
            let number = try await test.store.jobs(JobQuery()).jobs.count
            let job = try await test.running(operation, target, update: "u\(number)")
            test.clock.advance(.seconds(seconds))
            try await test.apply(.concluded(end), to: job)
        }
        func estimate(_ instance: String = Samples.instance) async throws -> DurationEstimate? {
            try await test.store.estimate(.deploy, target: target, instance: instance)
        }
        #expect(try await estimate() == nil)
        try await run(.deploy, 1, 10, .succeeded)
        #expect(try await estimate() == nil)
        try await run(.deploy, 1, 99, .failed(Samples.problem))
        try await run(.deploy, 2, 77, .succeeded)
        try await run(.stopDeployment, 1, 55, .succeeded)
        for seconds in [2, 4, 6, 8, 12, 14, 16, 18, 20] {
            try await run(.deploy, 1, seconds, .succeeded)
        }
        #expect(try await estimate("https://elsewhere.example") == nil)
        let known = try #require(try await estimate())
        // Of 2, 4 … 20 the fifth is the median and the ninth the 90th percentile.
        #expect(known.count == 10)
        #expect(known.median == .seconds(10) && known.p90 == .seconds(18))
    }

    @Test(arguments: StoreFactory.all)
    func statsCountByOperationAndState(factory: StoreFactory) async throws {
        let test = try await factory.make()
        #expect(try await test.store.stats(since: nil).rows.isEmpty)
        let old = try await test.apply(
            .concluded(.succeeded), to: try await test.running(update: "u1"))
        test.clock.advance(.seconds(100))
        let since = test.clock.now
        for (number, seconds) in [3, 1, 2].enumerated() {
            let job = try await test.running(.build, number, update: "b\(number)")
            test.clock.advance(.seconds(seconds))
            try await test.apply(.concluded(.succeeded), to: job)
        }
        try await test.enqueue(.build, 9)
        _ = try await test.store.cancel(try await test.enqueue(.build, 10).row)
        let all = try await test.store.stats(since: nil)
        #expect(all.rows.map(\.operation) == [.build, .deploy])
        #expect(all.rows[0].counts == [.success: 3, .pending: 1, .cancelled: 1])
        #expect(all.rows[0].median == 2_000 && all.rows[0].p90 == 3_000)
        #expect(all.rows[1].counts == [.success: 1] && all.rows[1].median == 0)
        #expect(
            all.byState == [.success: 4, .pending(.queued): 1, .cancelled(.beforeSend): 1])
        let recent = try await test.store.stats(since: since)
        #expect(recent.rows.map(\.operation) == [.build] && old.createdAt < since)
    }
}
