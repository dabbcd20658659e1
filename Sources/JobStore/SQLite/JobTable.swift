internal import GRDB
internal import JSON
internal import Jobs

/// The statements that change jobs, inside somebody's transaction.
struct JobTable {
    let db: Database
    let now: Timestamp
    let moment: BootMoment
    let machine: JobStateMachine
    let random: @Sendable () -> UInt64
    let traces: SecretTraces
    let loaded = LoadedJobs()

    /// The job of a row.
    func job(_ row: Int64) throws -> JobRecord? {
        var statement = try PositionalStatement(db, Self.jobSQL)
        statement.bind(row)
        let job = try statement.firstJob()
        if let job { loaded.remember(job) }
        return job
    }

    static let jobSQL = "SELECT \(JobRecord.columns) FROM job WHERE id = ?"

    /// The job of a lease; nil when the lease is lost.
    func job(_ lease: Lease) throws -> JobRecord? {
        guard let job = try job(lease.job), job.lease == lease else { return nil }
        return job
    }

    /// Decides `event` and writes what follows from it.
    ///
    /// - Parameter owner: who owns the job afterwards, if anybody does; nil keeps the owner.
    func advance(
        _ job: JobRecord, by event: JobEvent, findings: Findings = Findings(),
        owner: String? = nil
    ) throws -> Advance {
        switch machine.decide(try facts(of: job), event, random: random()) {
        case .apply(let transition):
            return .applied(try apply(transition, to: job, findings: findings, owner: owner))
        case .noteCancel: return .noted(try noteCancel(job))
        case .note(let reason):
            try insertEvent(job, reason: reason, detail: findings.detail)
            return .noted(job)
        case .settle(let reason): return .noted(try settle(job, reason: reason, findings))
        case .ignore: return .ignored(job)
        }
    }

    /// The facts that decisions about a job depend on.
    func facts(of job: JobRecord) throws -> JobFacts {
        var facts = job.facts
        // Nobody else goes on after a run that failed.
        guard job.retriesFailure, job.attempt > 0 else { return facts }
        let statement = try db.cachedStatement(
            sql: """
                SELECT count(*) FROM event
                WHERE job_id = :job AND reason = :reason AND status = 'pending'
                """)
        facts.failedRuns =
            try Int.fetchOne(
                statement,
                arguments: ["job": job.row, "reason": Transition.failedRunReason]) ?? 0
        return facts
    }

    /// Writes a transition with its event.
    func apply(
        _ transition: Transition, to job: JobRecord, findings: Findings = Findings(),
        owner: String? = nil
    ) throws -> JobRecord {
        var next = job.after(transition, at: now, owner: owner)
        next.version = findings.version ?? next.version
        next.commitHash = findings.commitHash ?? next.commitHash
        try update(next)
        try adopt(next, insteadOf: job)
        try insertEvent(next, reason: transition.reason, detail: findings.detail)
        try insertLogs(findings.logs, job: job.row)
        if next.state.isTerminal { try deleteSecrets(of: job) }
        try wakeLane(of: job, now: next)
        return next
    }

    private func deleteSecrets(of job: JobRecord) throws {
        var any = try PositionalStatement(
            db, "SELECT 1 FROM secret_argument WHERE job_id = ? LIMIT 1")
        any.bind(job.row)
        guard try any.step() else { return }
        try db.execute(
            sql: "DELETE FROM secret_argument WHERE job_id = :job", arguments: ["job": job.row])
        traces.leave()
    }

    private func noteCancel(_ job: JobRecord) throws -> JobRecord {
        guard job.cancelRequestedAt == nil else { return job }
        var next = job
        next.cancelRequestedAt = now
        try db.execute(
            sql: "UPDATE job SET cancel_requested_at = :now WHERE id = :job",
            arguments: ["now": now.milliseconds, "job": job.row])
        loaded.forget(job.row)
        try insertEvent(next, reason: "cancel_requested")
        return next
    }

    /// The end of an operation that was no longer waited for.
    private func settle(_ job: JobRecord, reason: String, _ findings: Findings) throws
        -> JobRecord
    {
        var next = job
        next.holdsLane = false
        next.leaseOwner = nil
        next.lateOutcome = reason
        try update(next)
        try insertEvent(next, reason: reason, detail: findings.detail)
        try insertLogs(findings.logs, job: job.row)
        try wakeLane(of: job, now: next)
        return next
    }

    private func adopt(_ next: JobRecord, insteadOf job: JobRecord) throws {
        guard let update = next.remote?.updateID, job.remote?.updateID != update else { return }
        var statement = try PositionalStatement(
            db,
            """
            INSERT INTO adoption (instance, update_id, job_id, attempt) VALUES (?, ?, ?, ?)
            """)
        statement.bind(next.instance)
        statement.bind(update)
        statement.bind(next.row)
        statement.bind(next.attempt)
        try statement.run()
    }

    /// Lets the next job of a lane go when `job` no longer stands in its way.
    func wakeLane(of job: JobRecord, now next: JobRecord) throws {
        guard let lane = job.lane, !next.holdsLane else { return }
        guard job.holdsLane || next.state.isTerminal else { return }
        // Most lanes have nobody waiting.
        var anyone = try PositionalStatement(db, Self.anyWaiterSQL)
        anyone.bind(lane)
        if try anyone.step() { try wakeLane(lane) }
    }

    /// Lets the next job of a lane go, when nobody holds it.
    ///
    /// That is the first one of each key: the first of all may belong to a key that nobody works
    /// for. The one that is claimed first holds the lane, and the others wait there again.
    func wakeLane(_ lane: String) throws {
        guard try holder(of: lane) == nil else { return }
        let keys = try String.fetchAll(
            try db.cachedStatement(sql: Self.waitingKeysSQL), arguments: ["lane": lane])
        guard !keys.isEmpty else { return }
        for key in keys {
            var statement = try PositionalStatement(db, Self.firstWaiterSQL)
            statement.bind(lane)
            statement.bind(key)
            if let job = try statement.firstJob() { try wake(job, reason: "lane_free") }
        }
    }

    static let anyWaiterSQL = """
        SELECT 1 FROM job INDEXED BY job_lane_waiters
        WHERE lane = ? AND phase = 'held' AND wake_at IS NULL LIMIT 1
        """

    /// The keys of the jobs that wait in a lane, each found by one step through the index.
    static let waitingKeysSQL = """
        WITH RECURSIVE waiting (key) AS (
            SELECT min(key_fingerprint) FROM job INDEXED BY job_lane_waiters
            WHERE lane = :lane AND phase = 'held' AND wake_at IS NULL
            UNION ALL
            SELECT (SELECT min(key_fingerprint) FROM job INDEXED BY job_lane_waiters
                WHERE lane = :lane AND phase = 'held' AND wake_at IS NULL
                    AND key_fingerprint > waiting.key)
            FROM waiting WHERE waiting.key IS NOT NULL
        )
        SELECT key FROM waiting WHERE key IS NOT NULL
        """

    static let firstWaiterSQL = """
        SELECT \(JobRecord.columns) FROM job INDEXED BY job_lane_waiters
        WHERE lane = ? AND phase = 'held' AND wake_at IS NULL AND key_fingerprint = ?
        ORDER BY priority DESC, id LIMIT 1
        """

    /// Makes a waiting job due; the time that it was held does not count towards its start window.
    func wake(_ job: JobRecord, reason: String?) throws {
        var next = job
        next.state = .pending(.queued)
        next.wakeAt = nil
        let statement = try db.cachedStatement(
            sql: """
                UPDATE job SET phase = 'queued', wake_at = NULL,
                    expires_at = expires_at + coalesce(max(:now - paused_at, 0), 0),
                    paused_at = NULL
                WHERE id = :job
                """)
        try statement.execute(arguments: ["now": now.milliseconds, "job": job.row])
        loaded.forget(job.row)
        if let reason { try insertEvent(next, reason: reason) }
    }

    /// The row of the job that holds a lane.
    func holder(of lane: String) throws -> Int64? {
        var statement = try PositionalStatement(
            db, "SELECT id FROM job WHERE lane = ? AND holds_lane = 1")
        statement.bind(lane)
        return try statement.firstNumber()
    }

    func insertEvent(_ job: JobRecord, reason: String, detail: String? = nil) throws {
        var statement = try PositionalStatement(
            db,
            """
            INSERT INTO event (job_id, at, reason, status, phase, attempt, worker, detail)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        statement.bind(job.row)
        statement.bind(now)
        statement.bind(reason)
        statement.bind(job.state.status.rawValue)
        statement.bind(job.state.phase?.rawValue)
        statement.bind(job.attempt)
        statement.bind(job.leaseOwner)
        statement.bind(detail)
        try statement.run()
    }

    func insertLogs(_ logs: [LogEntry], job: Int64) throws {
        guard !logs.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO log (job_id, attempt, position, stage, command, stdout, stderr,
                    stdout_size, stderr_size, success, started_at, ended_at)
                VALUES (:job, :attempt, :position, :stage, :command, :stdout, :stderr,
                    :stdoutSize, :stderrSize, :success, :startedAt, :endedAt)
                ON CONFLICT (job_id, attempt, position) DO UPDATE SET
                    stage = excluded.stage, command = excluded.command,
                    stdout = excluded.stdout, stderr = excluded.stderr,
                    stdout_size = excluded.stdout_size, stderr_size = excluded.stderr_size,
                    success = excluded.success, ended_at = excluded.ended_at
                """)
        for log in logs where log.position < LogEntry.stagesMax {
            try statement.execute(arguments: [
                "job": job, "attempt": log.attempt, "position": log.position, "stage": log.stage,
                "command": log.command, "stdout": log.stdout, "stderr": log.stderr,
                "stdoutSize": log.stdoutSize, "stderrSize": log.stderrSize,
                "success": log.success, "startedAt": log.startedAt?.milliseconds,
                "endedAt": log.endedAt?.milliseconds,
            ])
        }
    }
}
