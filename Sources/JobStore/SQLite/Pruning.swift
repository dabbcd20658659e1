internal import GRDB
internal import Jobs

/// The statements that remove finished jobs, inside somebody's transaction.
struct Pruning {
    let db: Database
    let rule: PruneRule
    let now: Timestamp
    /// What was removed so far.
    var removed = PruneCounts()
    private var hasTouchedIndex = false

    /// How many jobs one step looks at.
    static let batchMax = 256
    /// How many events of a job, or keys, are removed before the time is looked at.
    static let rowsMax = 200

    /// A job that was looked at, and whether it is to be removed, or its logs.
    struct Candidate: Sendable {
        let job: Int64
        let createdAt: Int64
        let goes: Bool
    }

    init(db: Database, rule: PruneRule, now: Timestamp) {
        self.db = db
        self.rule = rule
        self.now = now
    }

    // MARK: Looking

    /// Where pruning begins.
    func beginning() throws -> PrunePlace {
        guard rule.newestKept > 0 else { return PrunePlace(end: .max) }
        let newest = try Int64.fetchOne(
            db, sql: "SELECT id FROM job ORDER BY id DESC LIMIT 1 OFFSET :kept",
            arguments: ["kept": rule.newestKept])
        return PrunePlace(end: newest.map { $0 + 1 } ?? 0)
    }

    /// The next jobs after `place`, which is moved to the part that they belong to; none when
    /// everything was looked at.
    func candidates(after place: inout PrunePlace) throws -> [Candidate] {
        if place.part == .jobs {
            let jobs = try jobs(after: place)
            if !jobs.isEmpty { return jobs }
            place.begin(.logs)
        }
        if place.part == .logs {
            let jobs = try jobsWithLogs(after: place)
            if !jobs.isEmpty { return jobs }
            place.begin(.keys)
        }
        return []
    }

    private func jobs(after place: PrunePlace) throws -> [Candidate] {
        guard let before = rule.jobsEndedBefore else { return [] }
        return try candidates(
            Self.jobsSQL,
            [
                "at": place.createdAt, "job": place.job, "end": place.end,
                "before": before.milliseconds, "instance": rule.instance, "limit": Self.batchMax,
            ])
    }

    static let jobsSQL = """
        SELECT id, created_at, id < :end AND finished_at < :before AND holds_lane = 0
            AND (:instance IS NULL OR instance = :instance) AS goes
        FROM job INDEXED BY job_created
        WHERE (created_at, id) > (:at, :job) AND created_at < :before
        ORDER BY created_at, id LIMIT :limit
        """

    /// Jobs that have logs, in the order of their rows, until all of a batch are too young.
    private func jobsWithLogs(after place: PrunePlace) throws -> [Candidate] {
        guard let before = rule.logsEndedBefore else { return [] }
        let jobs = try candidates(
            Self.logsSQL,
            [
                "job": place.job, "end": place.end, "before": before.milliseconds,
                "instance": rule.instance, "limit": Self.batchMax,
            ]
        ).sorted { $0.job < $1.job }
        return jobs.allSatisfy { $0.createdAt >= before.milliseconds } ? [] : jobs
    }

    static let logsSQL = """
        SELECT job.id, created_at, finished_at < :before AND holds_lane = 0
            AND (:instance IS NULL OR instance = :instance) AS goes
        FROM (SELECT DISTINCT job_id FROM log WHERE job_id > :job ORDER BY job_id LIMIT :limit)
            CROSS JOIN job ON job.id = job_id
        WHERE job.id < :end
        """

    private func candidates(_ sql: String, _ arguments: StatementArguments) throws -> [Candidate] {
        try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments).map { row in
            Candidate(
                job: row["id"], createdAt: row["created_at"], goes: row["goes"] as Bool? ?? false)
        }
    }

    /// How much goes with a job, or with its logs.
    func count(_ candidate: Candidate, _ part: PrunePlace.Part) throws -> PruneCounts {
        var counts = PruneCounts()
        let logs = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT count(*) AS logs, total(length(CAST(stdout AS BLOB))
                        + length(CAST(stderr AS BLOB))) AS bytes
                    FROM log WHERE job_id = :job
                    """), arguments: ["job": candidate.job])
        counts.logs = logs?["logs"] ?? 0
        counts.logBytes = Int(logs?["bytes"] as Double? ?? 0)
        guard part == .jobs else { return counts }
        counts.jobs = 1
        counts.events =
            try Int.fetchOne(
                try db.cachedStatement(
                    sql: "SELECT count(*) AS events FROM event WHERE job_id = :job"),
                arguments: ["job": candidate.job]) ?? 0
        return counts
    }

    /// Whether keys are to be forgotten.
    func hasKeys() throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (\(Self.keysSQL))",
            arguments: ["before": keysBefore, "limit": 1]) ?? false
    }

    private static let keysSQL = """
        SELECT principal, instance, key FROM idempotency INDEXED BY idempotency_pruned
        WHERE pruned_at < :before LIMIT :limit
        """

    private var keysBefore: Int64 { (now - SQLiteJobStore.keyAfterlife).milliseconds }

    // MARK: Removing

    /// Removes jobs, or their logs, as long as `share` lasts.
    ///
    /// - Returns: the last one that is done.
    mutating func remove(
        _ candidates: [Candidate], _ part: PrunePlace.Part, _ share: LockShare
    ) throws -> Candidate? {
        var last: Candidate?
        for candidate in candidates {
            if candidate.goes {
                // One that it has no time for is left to the next step, but for the first.
                guard last == nil || !share.isSpent else { break }
                guard try remove(candidate, part, share) else { break }
            }
            last = candidate
        }
        // What is taken out of the index adds to it until it is merged.
        if hasTouchedIndex { try LogIndex(db: db).merge() }
        return last
    }

    /// - Returns: whether everything of it is removed.
    private mutating func remove(
        _ candidate: Candidate, _ part: PrunePlace.Part, _ share: LockShare
    ) throws -> Bool {
        switch part {
        case .jobs:
            guard try mayGo(candidate.job) else { return true }
            guard try removeLogs(of: candidate.job, share) else { return false }
            return try removeJob(candidate.job, share)
        case .logs: return try removeLogs(of: candidate.job, share)
        case .keys: return true
        }
    }

    /// What is asked with the write lock in hand: a lost run is told from those of later jobs for a
    /// while by the job that doubts it, and a job is repeated once, which the later one tells.
    func mayGo(_ job: Int64) throws -> Bool {
        let doubtful = now - SQLiteJobStore.laneDoubtMax
        return try Bool.fetchOne(
            try db.cachedStatement(sql: Self.mayGoSQL),
            arguments: ["job": job, "doubtful": doubtful.milliseconds]) ?? false
    }

    static let mayGoSQL = """
        SELECT finished_at IS NOT NULL AND holds_lane = 0
            AND (coalesce(phase, '') <> 'outcome_unknown' OR finished_at < :doubtful)
            AND NOT EXISTS (SELECT 1 FROM job AS earlier WHERE earlier.token = job.retry_of)
        FROM job WHERE id = :job
        """

    private mutating func removeLogs(of job: Int64, _ share: LockShare) throws -> Bool {
        let logs = try Row.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT attempt, position, length(CAST(stdout AS BLOB))
                        + length(CAST(stderr AS BLOB)) AS bytes
                    FROM log WHERE job_id = :job
                    """), arguments: ["job": job])
        guard !logs.isEmpty else { return true }
        hasTouchedIndex = true
        let index = LogIndex(db: db)
        guard try index.remove(job, share) else { return false }
        let delete = try db.cachedStatement(
            sql: """
                DELETE FROM log
                WHERE job_id = :job AND attempt = :attempt AND position = :position
                """)
        for (place, log) in logs.enumerated() {
            guard place == 0 || !share.isSpent else { return false }
            try delete.execute(arguments: [
                "job": job, "attempt": log["attempt"] as Int64,
                "position": log["position"] as Int64,
            ])
            removed.logs += 1
            removed.logBytes += log["bytes"]
        }
        try index.finishRemoving(job)
        return true
    }

    private mutating func removeJob(_ job: Int64, _ share: LockShare) throws -> Bool {
        let arguments: StatementArguments = ["job": job]
        try db.cachedStatement(sql: "INSERT INTO pruned_job (job_id) VALUES (:job)")
            .execute(arguments: arguments)
        let isWithoutEvents = try removeEvents(of: job, share)
        if isWithoutEvents {
            try db.cachedStatement(sql: Self.keepKeySQL)
                .execute(arguments: arguments + ["now": now.milliseconds])
            try db.cachedStatement(sql: "DELETE FROM secret_argument WHERE job_id = :job")
                .execute(arguments: arguments)
            try LogIndex(db: db).forget(job)
            try db.cachedStatement(sql: "DELETE FROM job WHERE id = :job")
                .execute(arguments: arguments)
            removed.jobs += 1
        }
        try db.cachedStatement(sql: "DELETE FROM pruned_job WHERE job_id = :job")
            .execute(arguments: arguments)
        return isWithoutEvents
    }

    private static let keepKeySQL = """
        UPDATE idempotency SET pruned_at = :now
        WHERE (principal, instance, key, token) =
            (SELECT principal, instance, idempotency_key, token FROM job WHERE id = :job)
        """

    /// Removes the events of a job that is named as pruned, the oldest first.
    private mutating func removeEvents(of job: Int64, _ share: LockShare) throws -> Bool {
        let delete = try db.cachedStatement(
            sql: """
                DELETE FROM event WHERE id IN
                    (SELECT id FROM event WHERE job_id = :job ORDER BY id LIMIT :limit)
                """)
        while true {
            try delete.execute(arguments: ["job": job, "limit": Self.rowsMax])
            removed.events += db.changesCount
            guard db.changesCount == Self.rowsMax else { return true }
            if share.isSpent { return false }
        }
    }

    /// Forgets keys whose jobs were pruned a month ago.
    ///
    /// - Returns: whether there may be more of them.
    mutating func removeKeys() throws -> Bool {
        try db.execute(
            sql: "DELETE FROM idempotency WHERE (principal, instance, key) IN (\(Self.keysSQL))",
            arguments: ["before": keysBefore, "limit": Self.rowsMax])
        removed.keys += db.changesCount
        return db.changesCount == Self.rowsMax
    }
}
