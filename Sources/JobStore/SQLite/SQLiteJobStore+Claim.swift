internal import GRDB
package import Jobs
private import Synchronization

extension SQLiteJobStore {
    /// The most due jobs that one claim looks at, so that the lock is short even when most wait in
    /// lanes that are held.
    private static let scanMax = 100

    package func claim(_ worker: WorkerRecord, limit: Int) async throws(StoreError) -> [JobRecord] {
        guard limit > 0 else { return [] }
        let table = tableMaker()
        let clock = clock
        return try await write { db in
            let table = table(db)
            let rows = try table.ready(worker, limit: Self.scanMax)
            var claimed: [JobRecord] = []
            for job in rows where claimed.count < limit {
                if let job = try table.claim(job, worker) { claimed.append(job) }
            }
            if !claimed.isEmpty { try JobTable.keepRegistered(worker, clock, db) }
            return claimed
        }
    }

    package func assign(_ target: Target, to lease: Lease) async throws(StoreError) -> Advance {
        let table = tableMaker()
        return try await write { db in
            let table = table(db)
            guard var job = try table.job(lease) else { return .leaseLost }
            let name = job.target.name
            try table.place(&job, on: target)
            try table.placeUnresolved(named: name, on: target, instance: job.instance)
            if !job.holdsLane, let lane = job.lane, try table.holder(of: lane) == nil {
                // It was moved here while the lane was held, and nobody would wake it again.
                job.holdsLane = true
                try table.update(job)
            }
            guard job.holdsLane else { return try table.advance(job, by: .laneFoundBusy) }
            return .noted(job)
        }
    }

    package func recordIntent(
        _ lease: Lease, _ intent: IntentRequest
    ) async throws(StoreError) -> IntentResult {
        let table = tableMaker()
        let clock = clock
        return try await write { db in
            let table = table(db)
            guard var job = try table.job(lease), job.state == .starting(.claimed) else {
                return .leaseLost
            }
            guard job.target.id != nil else {
                throw StoreError(.conflict, "\(job.id) cannot be sent: its target is not known.")
            }
            let answer = try BudgetTable(db: db, clock: clock).take(
                .submission, instance: job.instance, limits: intent.limits)
            if case .refused(let wait) = answer {
                if !intent.isPatient {
                    _ = try table.advance(job, by: .budgetExhausted(wait: wait))
                }
                return .throttled(wait: wait)
            }
            job.intent = try table.intent(of: job, intent)
            job.ownerLostAt = nil
            job.startedAt = job.startedAt ?? table.now
            guard case .applied(let sending) = try table.advance(job, by: .intentRecorded) else {
                return .leaseLost
            }
            return .recorded(sending)
        }
    }

    package func advance(
        _ lease: Lease, by event: JobEvent, _ findings: Findings
    ) async throws(StoreError) -> Advance {
        let table = tableMaker()
        return try await write { db in
            let table = table(db)
            guard var job = try table.job(lease) else { return .leaseLost }
            switch event {
            case .submitted(.accepted), .submitted(.concluded):
                job.intent?.beAnswered(at: table.moment)
            case .submitted: job.intent?.fallSilent(at: table.moment)
            default: break
            }
            return try table.advance(job, by: event, findings: findings)
        }
    }

    package func holds(_ lease: Lease) async throws(StoreError) -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT lease_owner = :worker AND lease_number = :number FROM job
                    WHERE id = :job
                    """,
                arguments: ["worker": lease.worker, "number": lease.number, "job": lease.job])
                ?? false
        }
    }

    package func tick(instance: String) async throws(StoreError) -> Tick {
        let hasShortened = try await mindSetClock()
        let now = clock.now()
        let next = try await read { db in try JobTable.nextMoment(db, instance: instance) }
        guard let next, next <= now else {
            return Tick(woken: 0, expired: [], nextAt: next, hasShortenedWaits: hasShortened)
        }
        let table = tableMaker()
        return try await write { db in
            let table = table(db)
            let woken = try table.wakeDue(instance: instance)
            let expired = try table.expireDue(instance: instance)
            return Tick(
                woken: woken, expired: expired,
                nextAt: try JobTable.nextMoment(db, instance: instance),
                hasShortenedWaits: hasShortened)
        }
    }

    /// Bounds what waits when the wall clock was set back.
    ///
    /// - Returns: whether anything had to be.
    private func mindSetClock() async throws(StoreError) -> Bool {
        let (now, sinceBoot) = (clock.now(), clock.sinceBoot())
        guard noteClock() else { return false }
        // Others may have stored waits since that moment.
        let latest = now + ClockWatch.correctionMax
        let waits = try await read { db in try JobTable.hasWaitsFromTheFuture(db, at: latest) }
        if waits {
            let table = tableMaker()
            try await write { db in try table(db).endWaitsFromTheFuture() }
        }
        clockWatch.withLock { $0.note(now, sinceBoot: sinceBoot) }
        return waits
    }

    /// Takes the clock as it is, unless it was set back; what hangs on that is dealt with first.
    ///
    /// - Returns: whether it was.
    func noteClock() -> Bool {
        let (now, sinceBoot) = (clock.now(), clock.sinceBoot())
        return clockWatch.withLock { watch in
            let isSetBack = watch.isSetBack(now, sinceBoot: sinceBoot)
            if !isSetBack { watch.note(now, sinceBoot: sinceBoot) }
            return isSetBack
        }
    }

    /// Makes the table of a transaction with the store's clock and rules.
    func tableMaker() -> @Sendable (Database) -> JobTable {
        let clock = clock
        let machine = machine
        let traces = traces
        return { db in
            JobTable(
                db: db, now: clock.now(), moment: clock.moment(), machine: machine,
                random: clock.random, traces: traces)
        }
    }
}

extension JobTable {
    /// Due jobs in the order in which they are taken.
    func ready(_ worker: WorkerRecord, limit: Int) throws -> [JobRecord] {
        let jobs = try Self.readyStatement(db, worker, at: now, limit: limit).allJobs()
        for job in jobs { loaded.remember(job) }
        return jobs
    }

    static func readyStatement(
        _ db: Database, _ worker: WorkerRecord, at now: Timestamp, limit: Int
    ) throws -> PositionalStatement {
        var statement = try PositionalStatement(db, readySQL)
        statement.bind(worker.instance)
        statement.bind(worker.servesAllKeys ? nil : worker.keyFingerprint)
        statement.bind(now)
        statement.bind(limit)
        return statement
    }

    /// Jobs whose start window has closed are left to the tick, which ends them.
    private static let readySQL = """
        SELECT \(JobRecord.columns) FROM job
        WHERE phase = 'queued' AND instance = ?1 AND (?2 IS NULL OR key_fingerprint = ?2)
            AND expires_at > ?3
        ORDER BY priority DESC, id LIMIT ?4
        """

    /// Takes one due job; nil when its lane is held, in which case it waits there from now on.
    func claim(_ job: JobRecord, _ worker: WorkerRecord) throws -> JobRecord? {
        if let lane = job.lane, !job.holdsLane, try holder(of: lane) != nil {
            try park(job)
            return nil
        }
        var claimed = job
        claimed.holdsLane = job.lane != nil
        claimed.leaseNumber += 1
        guard
            case .applied(let result) = try advance(claimed, by: .claimed, owner: worker.id)
        else { preconditionFailure("a queued job can be claimed") }
        return result
    }

    private func park(_ job: JobRecord) throws {
        let statement = try db.cachedStatement(
            sql: "UPDATE job SET phase = 'held', paused_at = :now WHERE id = :job")
        try statement.execute(arguments: ["now": now.milliseconds, "job": job.row])
        loaded.forget(job.row)
        var held = job
        held.state = .pending(.held)
        try insertEvent(held, reason: "lane_busy")
    }

    /// What is written down before the request of `job` leaves.
    func intent(of job: JobRecord, _ intent: IntentRequest) throws -> JobRecord.Intent {
        let komodoNow = intent.komodoTime.map { time in
            time.at + .milliseconds(moment.milliseconds - time.sinceBoot)
        }
        return JobRecord.Intent(
            sentAt: now, watermark: try watermark(of: job, intent, komodoNow: komodoNow ?? now),
            operatorID: intent.operatorID, clockOffset: komodoNow.map { $0 - now } ?? .zero,
            leavesBy: moment + intent.sendWindow, requestTimeout: intent.requestTimeout)
    }

    /// The newest run of this operation and target before the one that is about to be sent.
    private func watermark(
        of job: JobRecord, _ intent: IntentRequest, komodoNow: Timestamp
    ) throws -> Timestamp? {
        // What an earlier request of this job may yet begin must stay newer than the watermark.
        if job.doubtedSentAt != nil, let earlier = job.intent { return earlier.watermark }
        return switch intent.watermark {
        case .read(let moment): moment
        case .noted:
            try notedWatermark(of: job).map { noted in
                // A time ahead of Komodo's own clock is an error that would hide every run.
                noted <= komodoNow + Self.clockTolerance ? noted : komodoNow - Self.clockTolerance
            }
        }
    }

    /// How well Komodo's clock is known.
    private static let clockTolerance: Duration = .seconds(5)

    /// The newest update of this operation and target that polling has seen.
    private func notedWatermark(of job: JobRecord) throws -> Timestamp? {
        guard let target = job.target.id else { return nil }
        let operations = job.operation.spec.updateOperations(job.arguments)
        let moments = try operations.compactMap { operation in
            var statement = try PositionalStatement(
                db,
                """
                SELECT started_at FROM watermark
                WHERE instance = ? AND target_type = ? AND target_id = ? AND operation = ?
                """)
            statement.bind(job.instance)
            statement.bind(job.target.type.rawValue)
            statement.bind(target)
            statement.bind(operation)
            return try statement.firstNumber()
        }
        return moments.max().map { Timestamp(milliseconds: $0) }
    }

    private static let wakeMax = 500

    func wakeDue(instance: String) throws -> Int {
        let jobs = try JobRecord.fetchAll(
            db,
            sql: """
                SELECT \(JobRecord.columns) FROM job WHERE wake_at <= :now AND instance = :instance
                ORDER BY wake_at LIMIT :limit
                """,
            arguments: [
                "now": now.milliseconds, "instance": instance, "limit": Self.wakeMax,
            ])
        for job in jobs { try wake(job, reason: nil) }
        return jobs.count
    }

    func expireDue(instance: String) throws -> [JobRecord] {
        let jobs = try JobRecord.fetchAll(
            db,
            sql: """
                SELECT \(JobRecord.columns) FROM job INDEXED BY job_expiry
                WHERE status = 'pending' AND paused_at IS NULL AND expires_at <= :now
                    AND instance = :instance
                ORDER BY expires_at LIMIT :limit
                """,
            arguments: [
                "now": now.milliseconds, "instance": instance, "limit": Self.wakeMax,
            ])
        return try jobs.compactMap { job in
            guard case .applied(let expired) = try advance(job, by: .startWindowClosed)
            else { return nil }
            return expired
        }
    }

    /// When the next waiting job becomes due or expires.
    static func nextMoment(_ db: Database, instance: String) throws -> Timestamp? {
        let moments = try [firstWakeSQL, firstExpirySQL].compactMap { sql in
            var statement = try PositionalStatement(db, sql)
            statement.bind(instance)
            return try statement.firstNumber()
        }
        return moments.min().map { Timestamp(milliseconds: $0) }
    }
    private static let firstWakeSQL = """
        SELECT wake_at FROM job WHERE wake_at IS NOT NULL AND instance = ?
        ORDER BY wake_at LIMIT 1
        """
    private static let firstExpirySQL = """
        SELECT expires_at FROM job INDEXED BY job_expiry
        WHERE status = 'pending' AND paused_at IS NULL AND instance = ?
        ORDER BY expires_at LIMIT 1
        """
}
