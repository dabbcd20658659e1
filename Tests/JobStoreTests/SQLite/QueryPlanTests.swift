import JSON
import Jobs
import Testing

@testable import JobStore

/// How SQLite runs what the store asks, so that no table is read through as history grows.
@Suite(.timeLimit(.minutes(2)))
struct QueryPlanTests {
    private let test: StoreUnderTest
    private let log: StatementLog

    init() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        test = StoreUnderTest(
            store: store, clock: files.clock, another: { try files.open() },
            start: { try files.lockWorker($0) }, hide: { _ in })
        log = try await StatementLog(store)
    }

    private func plan(containing text: String) async throws -> String {
        let statements = log.matching(text)
        let sql = try #require(
            statements.count == 1 ? statements.first : nil, "\(text): \(statements)")
        return try await log.plan(sql).joined(separator: "; ")
    }

    // Everything that the store ever runs.

    /// Steps that may read many rows, each with the reason.
    private static let allowedSteps: [(sql: String, step: String)] = [
        // The newest rows, by key and with a limit.
        ("outcome_hidden_at FROM job ORDER BY id DESC LIMIT", "SCAN job"),
        ("WHERE instance = :instance ORDER BY id DESC LIMIT", "SCAN job"),
        // A name of 24 hexadecimal digits may also be an id; there is no index of those.
        ("target_id = :target", "SCAN job"),
        // The rows of one page, whose keys were found by an index.
        ("AS page CROSS JOIN job", "SCAN page"),
        ("AS page CROSS JOIN job", "USE TEMP B-TREE FOR ORDER BY"),
        // The first row in the order of an index of what waits.
        ("SELECT expires_at FROM job", "SCAN job USING INDEX job_expiry"),
        // One row for each key that waits in a lane.
        ("WITH RECURSIVE waiting", "SCAN waiting"),
        // Endings of ids are for people at a shell.
        ("LIKE '%' ||", "SCAN job USING COVERING INDEX"),
        // Statistics count all jobs of their time.
        ("finished_at IS NOT NULL AND created_at >= :since", "SCAN job USING INDEX job_ended"),
        ("finished_at IS NULL AND created_at >= :since", "SCAN job USING INDEX job_unfinished"),
        ("finished_at IS NULL AND created_at >= :since", "USE TEMP B-TREE FOR GROUP BY"),
        // Rows that the index of logs names.
        ("log_index MATCH", "SCAN log_index VIRTUAL TABLE INDEX"),
        // The logs of jobs that run, and those that were written a moment ago.
        ("FROM unindexed_job", "SCAN unindexed_job"),
        // What FTS5 asks itself.
        ("'log_index_config'", "SCAN main.log_index_config"),
        // As many as are to be kept.
        ("LIMIT 1 OFFSET :kept", "SCAN job"),
        // The oldest ones, one or as many as a step takes.
        ("FROM stale_log", "SCAN stale_log"),
        ("SELECT min(id) FROM (SELECT id FROM job", "SCAN (subquery"),
        // A handful of rows each.
        ("SELECT * FROM access_token", "SCAN access_token"),
        ("FROM worker ORDER BY started_at", "SCAN worker"),
        ("FROM worker ORDER BY started_at", "USE TEMP B-TREE FOR ORDER BY"),
        ("heartbeat FROM worker WHERE id <>", "SCAN worker"),
        ("spent_reads FROM budget", "SCAN budget"),
        // The check of a migration, once per process.
        ("schema_migration", "SCAN schema_migration"), ("sqlite_schema", "SCAN sqlite_schema"),
        ("sqlite_master", "SCAN sqlite_master"),
    ]

    @Test func nothingReadsThroughATable() async throws {
        try await doEverything()
        #expect(log.all.count > 60)
        for sql in log.all {
            for step in try await log.plan(sql) {
                let reads =
                    step.hasPrefix("SCAN ") && !step.hasPrefix("SCAN CONSTANT ROW")
                    && !step.hasPrefix("SCAN (subquery")
                guard reads || step.contains("TEMP B-TREE") else { continue }
                let isAllowed = Self.allowedSteps.contains {
                    sql.contains($0.sql) && step.hasPrefix($0.step)
                }
                #expect(isAllowed, "\(step): \(sql)")
            }
        }
    }

    /// Calls every function of the protocol in a way that makes it work.
    private func doEverything() async throws {
        let store = test.store
        try await store.register(Samples.worker())
        try await store.heartbeat(Samples.worker("w1"))
        _ = try await store.agenda(Samples.worker("w2"), limits: Samples.limits)
        try await store.markDraining("w1")
        try await ask()
        try await work()
        try await look()
        try await tend()
        let retry = try await test.apply(
            .concluded(.failed(Samples.problem)),
            to: try await test.running(.deploy, 50, update: "f")
        )
        let repeated = try await test.running(.deploy, 51, update: "g") {
            $0.retriesFailure = true
        }
        try await test.apply(.concluded(.failed(Samples.problem)), to: repeated)
        let again = try await store.retry(retry.row, by: Samples.caller())
        _ = try await store.cancel(again.row)
        for (number, resolution) in [Resolution.retry, .fail, .adopt("u9")].enumerated() {
            let unknown = try await test.unknown(.runSync, 60 + number)
            _ = try await store.resolve(unknown.row, resolution, by: Samples.caller())
            for job in try await test.claim() { _ = try await store.cancel(job.row) }
        }
        _ = try await store.takeOver(Samples.worker("w2"), grace: .zero)
        _ = try await store.retireIfIdle(Samples.worker("w2"))
        try await store.retire("w1")
        try await store.retire("w2")
        try await test.pass(.seconds(86_400))
    }

    private func tend() async throws {
        let store = try #require(test.store as? SQLiteJobStore)
        while try await store.indexLogs() {}
        let now = test.clock.now + .seconds(86_400)
        for rule in [
            PruneRule(logsEndedBefore: now, newestKept: 1), PruneRule(jobsEndedBefore: now),
        ] {
            _ = try await store.prunable(rule, from: nil)
            var place: PrunePlace?
            repeat {
                place = try await store.prune(rule, from: place).next
            } while place != nil
        }
        _ = try await store.shrink()
    }

    private func ask() async throws {
        let store = test.store
        _ = try await test.created(
            EnqueueRequest(job: Samples.job { $0.idempotencyKey = "k" }, secrets: ["args": "x"]))
        _ = try await test.result { $0.idempotencyKey = "k" }
        _ = try await test.result { $0.isNew = false }
        _ = try await test.result(.restartDeployment) { $0.onBusy = .fail }
        try await test.enqueue(.deploy, 90) { $0.runAt = test.clock.now + .seconds(5) }
        try await test.enqueue(.deploy, 91) { $0.startWithin = .seconds(5) }
        for job in try await test.claim() { try await test.apply(.released, to: job) }
        _ = try await store.take(.poll, instance: Samples.instance, limits: Samples.limits)
        try await store.obey(
            remaining: 900, wait: nil, instance: Samples.instance, limits: Samples.limits)
        _ = try await store.budgets(Samples.limits)
        try await store.noteSubmissionsWait(instance: Samples.instance, limits: Samples.limits)
        try await store.saveIdentity(
            Credential(instance: Samples.instance, keyFingerprint: "key-1"))
        try await store.save(Credential(instance: Samples.instance, keyFingerprint: "key-1"))
        _ = try await store.credential(instance: Samples.instance, keyFingerprint: "key-1")
        try await test.pass(.seconds(10))
        for job in try await test.claim() { _ = try await store.cancel(job.row) }
        for job in try await store.jobs(JobQuery()).jobs { _ = try await store.cancel(job.row) }
    }

    private func work() async throws {
        let store = test.store
        try await test.enqueue(.deploy, 20) { $0.target.id = nil }
        let claimed = try await test.claimOne()
        _ = try await store.assign(Samples.target(20), to: try test.lease(of: claimed))
        let mark = Watermark(
            targetType: "Deployment", targetID: Samples.id(20), operation: "Deploy",
            startedAt: test.clock.now)
        try await store.saveWatermarks([mark], instance: Samples.instance)
        let job = try await test.accept(claimed, update: "w-1")
        let lease = try test.lease(of: job)
        try await test.enqueue(.restartDeployment, 20)
        #expect(try await test.claim().isEmpty)
        _ = try await store.cancel(job.row)
        _ = try await store.cancelsWaiting("w1")
        _ = try await store.recordCancelSent(lease, reason: "cancel_sent")
        try await store.save([Samples.log(0, "x")], lease)
        try await store.note("x", detail: nil, lease)
        try await store.recordDuplicate("w-2", of: job.row)
        _ = try await store.adopted(["w-1"], instance: Samples.instance)
        try await test.apply(.concluded(.succeeded), to: job)
        for job in try await test.claim() { _ = try await store.cancel(job.row) }
        try await test.enqueue(.deployStackIfChanged, 21)
        let sending = try await test.send(try await test.claimOne())
        let followed = try await test.apply(.submitted(.accepted(.state)), to: sending)
        _ = try await store.follow("w-3", try test.lease(of: followed))
        _ = try await test.apply(.deadlinePassed, to: try await test.now(followed))
    }

    private func look() async throws {
        let store = test.store
        for query in Self.queries { _ = try await store.jobs(query.query) }
        let job = try #require(try await store.jobs(JobQuery()).jobs.last)
        for reference in ["\(job.id)", job.id.ending, job.id.token.prefix(9).lowercased()] {
            _ = await storeError { try await store.job(reference) }
        }
        _ = try await store.job(row: job.row)
        _ = try await store.events(EventQuery(job.row, limit: 1))
        _ = try await store.logs(of: job.row)
        _ = try await store.logMark(of: job.row)
        _ = try await store.secrets(of: job.row)
        _ = try await store.laneHolder("x")
        for since in [nil, test.clock.now] {
            let jobs = JobQuery(statuses: [.success], principal: "ann", since: since)
            _ = try await store.search(try #require(LogSearch("text", in: jobs)))
        }
        _ = try await store.isLaneDoubtful("x")
        _ = try await store.estimate(
            .deploy, target: Samples.target(1), instance: Samples.instance)
        _ = try await store.stats(since: nil)
        _ = try await store.stages(
            .deploy, target: Samples.target(1), instance: Samples.instance)
        _ = try await store.sealKey()
        _ = try await store.spend("n", until: test.clock.now)
        try await store.hideOutcome(of: job.row)
        _ = try await store.page(JobQuery(statuses: [.failed]), offset: 1)
        try await store.add(
            AccessToken(
                name: "ann", hash: String(repeating: "a", count: 64), scopes: [],
                createdAt: test.clock.now))
        _ = try await store.accessTokens()
        _ = try await store.removeAccessToken("ann")
        _ = try await store.workers()
        _ = try await store.owned(by: "w1")
        _ = try await store.holds(Lease(job: job.row, worker: "w1", number: 1))
        _ = try await store.hasUnfinished(instance: Samples.instance, keyFingerprint: nil)
    }

    // Lists.

    struct ListPlan: Sendable, CustomTestStringConvertible {
        let query: JobQuery
        /// What each step that touches the table must begin with.
        let step: String
        var testDescription: String { "\(step) for \(query)" }
    }

    private static let since = Timestamp(milliseconds: 5)
    static let queries: [ListPlan] = [
        ListPlan(query: JobQuery(), step: "SCAN job"),
        ListPlan(query: JobQuery(before: 9), step: "SEARCH job USING INTEGER PRIMARY KEY (rowid<?"),
        ListPlan(
            query: JobQuery(since: since), step: "SEARCH job USING INTEGER PRIMARY KEY (rowid>?"),
        ListPlan(query: JobQuery(statuses: [.failed]), step: "SEARCH job USING INDEX job_status"),
        ListPlan(
            query: JobQuery(statuses: [.failed, .success, .running]),
            step: "SEARCH job USING INDEX job_status"),
        ListPlan(
            query: JobQuery(statuses: [.failed, .success], since: since, before: 9),
            step: "SEARCH job USING INDEX job_status (status=? AND id>? AND id<?)"),
        ListPlan(query: JobQuery(phase: .scheduled), step: "SEARCH job USING INDEX job_status"),
        ListPlan(
            query: JobQuery(statuses: [.failed], phase: .outcomeUnknown, before: 9),
            step: "SEARCH job USING INDEX job_end_phase (phase=? AND id<?)"),
        ListPlan(
            query: JobQuery(operation: .deploy), step: "SEARCH job USING INDEX job_operation"),
        ListPlan(
            query: JobQuery(operation: .deploy, since: since, before: 9),
            step: "SEARCH job USING INDEX job_operation (operation=? AND id>? AND id<?)"),
        ListPlan(
            query: JobQuery(statuses: [.failed], operation: .deploy),
            step: "SEARCH job USING INDEX job_status"),
        ListPlan(query: JobQuery(target: "web"), step: "SEARCH job USING INDEX job_target"),
        ListPlan(
            query: JobQuery(statuses: [.failed, .success], target: "web"),
            step: "SEARCH job USING INDEX job_target"),
        ListPlan(
            query: JobQuery(phase: .rejected, operation: .deploy, target: "web", since: since),
            step: "SEARCH job USING INDEX job_target (target_name=? AND id>?)"),
        ListPlan(
            query: JobQuery(operation: .deploy, target: "web", instance: "i", before: 9),
            step: "SEARCH job USING INDEX job_target (target_name=? AND id<?)"),
        ListPlan(
            query: JobQuery(operation: .deploy, instance: "i"),
            step: "SEARCH job USING INDEX job_operation"),
        ListPlan(
            query: JobQuery(statuses: [.running], instance: "i"),
            step: "SEARCH job USING INDEX job_status"),
        ListPlan(
            query: JobQuery(principal: "ann"),
            step: "SEARCH job USING INDEX job_principal_status (principal=? AND status=?"),
        ListPlan(
            query: JobQuery(statuses: [.failed], principal: "ann", before: 9),
            step: "SEARCH job USING INDEX job_principal_status "
                + "(principal=? AND status=? AND id<?)"),
        ListPlan(
            query: JobQuery(target: "web", principal: "ann"),
            step: "SEARCH job USING INDEX job_target"),
    ]

    @Test(arguments: queries)
    func listsUseTheirIndexAndSortNothing(list: ListPlan) async throws {
        let steps = try await log.plan(JobTable.listSQL(list.query).sql)
        #expect(!steps.contains { $0.contains("TEMP B-TREE") }, "\(steps)")
        let touching = steps.filter {
            $0.hasPrefix("SCAN job") || $0.hasPrefix("SEARCH job")
        }.filter { !$0.contains("job_created") }
        #expect(!touching.isEmpty)
        #expect(touching.allSatisfy { $0.hasPrefix(list.step) }, "\(steps)")
    }

    @Test(arguments: queries)
    func pagesByNumberReadOnlyTheirOwnRowsWhole(list: ListPlan) async throws {
        let steps = try await log.plan(JobTable.listSQL(list.query, offset: 50).sql)
        let whole = steps.filter { $0.hasPrefix("SEARCH job USING INTEGER PRIMARY KEY (rowid=?)") }
        #expect(whole.count == 1, "\(steps)")
        #expect(
            steps.contains { $0.hasPrefix("SCAN page") || $0.contains("SCAN (sub") }, "\(steps)")
    }

    // The statements of a worker's loop.

    @Test func theLoopOfAWorkerUsesItsIndices() async throws {
        try await doEverything()
        let expected = [
            ("WHERE phase = 'queued' AND instance", "job_ready (instance=?)"),
            ("SELECT min(key_fingerprint)", "job_lane_waiters (lane=? AND key_fingerprint>?)"),
            (
                "wake_at IS NULL AND key_fingerprint = ?",
                "job_lane_waiters (lane=? AND key_fingerprint=?)"
            ),
            ("SELECT id FROM job WHERE lane = ? AND holds_lane", "job_lane_holder (lane=?)"),
            ("identity = ? AND status IN", "job_unfinished_identity (identity=?)"),
            ("WHERE lease_owner = :worker ORDER BY id", "job_lease (lease_owner=?)"),
            (
                "SELECT EXISTS (SELECT 1 FROM job INDEXED BY job_cancel",
                "job_cancel (lease_owner=?)"
            ),
            ("outcome_hidden_at FROM job INDEXED BY job_cancel", "job_cancel (lease_owner=?)"),
            ("wake_at <= :now", "job_wake (wake_at<?)"),
            ("SELECT wake_at FROM job", "job_wake"),
            ("ORDER BY expires_at LIMIT :limit", "job_expiry (expires_at<?)"),
            ("SELECT expires_at FROM job", "job_expiry"),
            ("SELECT identity, token FROM idempotency", "PRIMARY KEY (principal=? AND"),
            ("token >= :text AND token < :text", "sqlite_autoindex_job_1 (token>? AND token<?)"),
            ("target_id IS NULL AND status", "job_unresolved (instance=? AND target_type=?"),
            ("WHERE retry_of = ?", "job_retry (retry_of=?)"),
            ("SELECT * FROM event WHERE job_id = :job", "event_job (job_id=?)"),
            ("SELECT count(*) FROM event WHERE job_id = :job", "event_job (job_id=?)"),
            ("SELECT count(*) FROM event\n", "event_job (job_id=?)"),
            ("SELECT 1 FROM adoption", "PRIMARY KEY (instance=? AND update_id=?)"),
        ]
        for (text, index) in expected {
            let found = try await plan(containing: text)
            #expect(found.contains(index), "\(text): \(found)")
        }
    }

    @Test func orphansAndUnfinishedJobsAreFoundByTheirIndices() async throws {
        let orphans = try await log.plan(JobTable.orphanSQL).joined(separator: "; ")
        #expect(orphans.contains("job_orphan (instance=?)"), "\(orphans)")
        #expect(orphans.contains("job_overdue (instance=?)"), "\(orphans)")
        let unfinished = try await log.plan(JobTable.unfinishedSQL).joined(separator: "; ")
        #expect(unfinished.contains("job_unfinished (instance=?)"), "\(unfinished)")
        #expect(unfinished.contains("job_overdue (instance=?)"), "\(unfinished)")
        let estimate = log.matching("finished_at - accepted_at")
        #expect(estimate.isEmpty)
        _ = try await test.store.estimate(
            .deploy, target: Samples.target(1), instance: Samples.instance)
        let plan = try await plan(containing: "finished_at - accepted_at")
        #expect(plan.contains("job_target (target_name=?)"), "\(plan)")
    }
}
