internal import GRDB
internal import Jobs

extension SQLiteJobStore {
    package func register(_ worker: WorkerRecord) async throws(StoreError) {
        let clock = clock
        try await write { db in try JobTable.keepRegistered(worker, clock, db) }
    }

    package func heartbeat(_ worker: WorkerRecord) async throws(StoreError) {
        let clock = clock
        try await write(rings: false) { db in try JobTable.keepRegistered(worker, clock, db) }
    }

    package func markDraining(_ worker: String) async throws(StoreError) {
        try await write { db in
            try db.execute(sql: "UPDATE worker SET draining = 1 WHERE id = ?", arguments: [worker])
        }
    }

    package func workers() async throws(StoreError) -> [(worker: WorkerRecord, liveness: Liveness)]
    {
        let clock = clock
        let folder = folder
        return try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM worker ORDER BY started_at, id").map { row in
                let silence = JobTable.silence(
                    bootID: row["boot_id"], heartbeat: row["heartbeat"], clock)
                let worker = try WorkerRecord(row)
                return (worker, Liveness(of: worker.id, silence: silence, folder: folder))
            }
        }
    }

    /// The most jobs that one transaction hands from one worker to another, or gives back.
    static let handOverMax = 500
    /// The most cancels that are told of at once.
    private static let cancelsMax = 100

    package func takeOver(
        _ worker: WorkerRecord, grace: Duration
    ) async throws(StoreError) -> [JobRecord] {
        let others = try await workers().filter { $0.worker.id != worker.id }
        let lost = others.filter(\.liveness.isLost)
        let table = tableMaker()
        let clock = clock
        // The caller is awake and cares for what it gets. Ringing for a worker that can never be
        // taken over, since it is suspended or another's, would wake everybody without end.
        let (taken, forgotten) = try await write(rings: false) { db in
            let table = table(db)
            var taken = try table.takeOrphans(worker, limit: Self.handOverMax)
            var forgotten: [String] = []
            for (other, liveness) in lost {
                taken += try table.takeOver(
                    other, liveness, by: worker, grace: grace,
                    limit: Self.handOverMax - taken.count)
                if !liveness.isAlive, try table.forgetIfSpent(other.id) {
                    forgotten.append(other.id)
                }
            }
            if !taken.isEmpty { try JobTable.keepRegistered(worker, clock, db) }
            return (taken, forgotten)
        }
        for other in forgotten { removeLock(of: other) }
        return taken
    }

    /// Takes away the lock file that a dead worker left; ids are never used again.
    private func removeLock(of worker: String) {
        let attempt = FileLock.attempt(folder.workerLock(worker), creates: false)
        if case .acquired(let lock) = attempt { lock.remove() }
    }

    package func owned(by worker: String) async throws(StoreError) -> [JobRecord] {
        try await read { db in
            try JobRecord.fetchAll(
                db,
                sql: """
                    SELECT \(JobRecord.columns) FROM job WHERE lease_owner = :worker ORDER BY id
                    """, arguments: ["worker": worker])
        }
    }

    package func cancelsWaiting(_ worker: String) async throws(StoreError) -> [JobRecord] {
        try await read { db in
            try JobRecord.fetchAll(
                db, sql: JobTable.cancelsWaitingSQL,
                arguments: ["worker": worker, "limit": Self.cancelsMax])
        }
    }

    package func retire(_ worker: String) async throws(StoreError) {
        let table = tableMaker()
        var isEverythingReleased = false
        while !isEverythingReleased {
            // Whoever dies between two of these is found dead, and the rest is taken over.
            isEverythingReleased = try await write { db in
                let table = table(db)
                let count = try table.release(of: worker, limit: Self.handOverMax)
                guard count < Self.handOverMax else { return false }
                // What may still be sending stays its own.
                _ = try table.forgetIfSpent(worker)
                return true
            }
        }
    }

    package func retireIfIdle(_ worker: WorkerRecord) async throws(StoreError) -> Bool {
        try await write { db in
            let isBusy =
                try Bool.fetchOne(
                    db, sql: JobTable.unfinishedSQL, arguments: JobTable.serving(worker)) ?? false
            guard !isBusy else { return false }
            // Not deleted yet: a late heartbeat would bring the row back as if it worked.
            try db.execute(
                sql: "UPDATE worker SET draining = 1 WHERE id = ?", arguments: [worker.id])
            return true
        }
    }

    package func hasUnfinished(
        instance: String, keyFingerprint: String?
    ) async throws(StoreError) -> Bool {
        try await read { db in
            try Bool.fetchOne(
                db, sql: JobTable.unfinishedSQL,
                arguments: ["instance": instance, "key": keyFingerprint]) ?? false
        }
    }
}

extension JobTable {
    /// Shows that a worker works.
    ///
    /// Its row comes back if it was forgotten: whoever owns a job is registered, or the job would
    /// have no heir.
    static func keepRegistered(
        _ worker: WorkerRecord, _ clock: StoreClock, _ db: Database
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO worker (id, kind, instance, key_fingerprint, serves_all_keys, pid,
                    host, version, started_at, boot_id, heartbeat)
                VALUES (:id, :kind, :instance, :key, :all, :pid, :host, :version, :startedAt,
                    :boot, :heartbeat)
                ON CONFLICT (id) DO UPDATE SET
                    boot_id = excluded.boot_id, heartbeat = excluded.heartbeat
                """)
        try statement.execute(arguments: [
            "id": worker.id, "kind": worker.kind.rawValue, "instance": worker.instance,
            "key": worker.keyFingerprint, "all": worker.servesAllKeys, "pid": worker.pid,
            "host": worker.host, "version": worker.version,
            "startedAt": worker.startedAt.milliseconds, "boot": clock.bootID,
            "heartbeat": clock.sinceBoot(),
        ])
    }

    /// The time since a worker's heartbeat, in milliseconds since boot; nil when the machine was
    /// rebooted since.
    static func silence(bootID: String, heartbeat: Int64, _ clock: StoreClock) -> Duration? {
        guard bootID == clock.bootID else { return nil }
        return .milliseconds(max(0, clock.sinceBoot() - heartbeat))
    }

    static let orphanSQL = """
        SELECT \(JobRecord.columns) FROM job
        WHERE lease_owner IS NULL AND status IN ('starting', 'running')
            AND instance = :instance AND (:key IS NULL OR key_fingerprint = :key)
        UNION ALL
        SELECT \(JobRecord.columns) FROM job INDEXED BY job_overdue
        WHERE holds_lane = 1 AND status = 'failed' AND lease_owner IS NULL
            AND instance = :instance AND (:key IS NULL OR key_fingerprint = :key)
        """

    /// What a lost worker has; of one that may wake up without what it may be sending.
    static let heirloomSQL = """
        SELECT \(JobRecord.columns) FROM job
        WHERE lease_owner = :other AND instance = :instance
            AND (:key IS NULL OR key_fingerprint = :key)
            AND (:all OR status <> 'starting' OR phase NOT IN ('sending', 'reconciling'))
        ORDER BY id LIMIT :limit
        """

    static let releasableSQL = """
        SELECT \(JobRecord.columns) FROM job
        WHERE lease_owner = :worker AND (status <> 'starting' OR phase <> 'sending')
        ORDER BY id LIMIT :limit
        """

    static let cancelsWaitingSQL = """
        SELECT \(JobRecord.columns) FROM \(cancelsWaiting) ORDER BY id LIMIT :limit
        """
    static let anyCancelWaitingSQL = "SELECT EXISTS (SELECT 1 FROM \(cancelsWaiting))"

    private static let cancelsWaiting = """
        job INDEXED BY job_cancel
        WHERE lease_owner = :worker AND cancel_requested_at IS NOT NULL
            AND cancel_sent_at IS NULL AND finished_at IS NULL AND status = 'running'
        """

    /// Jobs to do, and operations that outlived their job's deadline and are still followed.
    static let unfinishedSQL = """
        SELECT EXISTS (
            SELECT 1 FROM job
            WHERE finished_at IS NULL AND instance = :instance
                AND (:key IS NULL OR key_fingerprint = :key)
        ) OR EXISTS (
            SELECT 1 FROM job INDEXED BY job_overdue
            WHERE holds_lane = 1 AND status = 'failed' AND instance = :instance
                AND (:key IS NULL OR key_fingerprint = :key)
        )
        """

    static func serving(_ worker: WorkerRecord) -> StatementArguments {
        [
            "instance": worker.instance,
            "key": worker.servesAllKeys ? nil : worker.keyFingerprint,
        ]
    }

    /// Takes jobs that nobody owns, at most `limit`.
    func takeOrphans(_ worker: WorkerRecord, limit: Int) throws -> [JobRecord] {
        try JobRecord.fetchAll(
            db, sql: Self.orphanSQL + " LIMIT :limit",
            arguments: Self.serving(worker) + ["limit": limit]
        ).map { try take($0, worker, isSenderDead: false) }
    }

    /// Takes what a lost worker had, at most `limit` jobs.
    func takeOver(
        _ other: WorkerRecord, _ liveness: Liveness, by worker: WorkerRecord, grace: Duration,
        limit: Int
    ) throws -> [JobRecord] {
        try JobRecord.fetchAll(
            db, sql: Self.heirloomSQL,
            arguments: Self.serving(worker)
                + ["other": other.id, "all": liveness.yieldsAll(grace: grace), "limit": limit]
        ).map { try take($0, worker, isSenderDead: !liveness.isAlive) }
    }

    /// Forgets a worker that owns nothing.
    ///
    /// - Returns: whether it owns nothing.
    func forgetIfSpent(_ worker: String) throws -> Bool {
        let ownsJobs =
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM job WHERE lease_owner = ?)",
                arguments: [worker]) ?? false
        guard !ownsJobs else { return false }
        try db.execute(sql: "DELETE FROM worker WHERE id = ?", arguments: [worker])
        return true
    }

    private func take(
        _ job: JobRecord, _ worker: WorkerRecord, isSenderDead: Bool
    ) throws -> JobRecord {
        var taken = job
        taken.leaseNumber += 1
        taken.ownerLostAt = now
        // Who looks for a lost answer is not always who has sent.
        if isSenderDead, job.state == .starting(.sending) { taken.intent?.fallSilent(at: moment) }
        if job.state != .running(.cancelling) {
            // The wish to cancel may not have left before its owner died.
            taken.cancelSentAt = nil
        }
        switch try advance(taken, by: .ownerLost, owner: worker.id) {
        case .applied(let job): return job
        case .noted, .ignored, .leaseLost:
            // It is followed on as it is: only the owner changes.
            taken.leaseOwner = worker.id
            try update(taken)
            return taken
        }
    }

    /// Gives back what a worker owns, except what it may still be sending; at most `limit` jobs.
    ///
    /// - Returns: how many.
    func release(of worker: String, limit: Int) throws -> Int {
        let jobs = try JobRecord.fetchAll(
            db, sql: Self.releasableSQL, arguments: ["worker": worker, "limit": limit])
        for job in jobs {
            switch job.state {
            case .starting(.claimed): _ = try advance(job, by: .released)
            case .starting, .running, .pending, .success, .failed, .cancelled:
                var released = job
                released.leaseOwner = nil
                try update(released)
            }
        }
        return jobs.count
    }
}

extension WorkerRecord {
    init(_ row: Row) throws(StoreError) {
        guard let kind = Kind(rawValue: row["kind"]) else {
            throw StoreError(.corrupt, "A worker has a kind that this version does not know.")
        }
        self.init(
            id: row["id"], kind: kind, instance: row["instance"],
            keyFingerprint: row["key_fingerprint"], servesAllKeys: row["serves_all_keys"],
            pid: row["pid"], host: row["host"], version: row["version"],
            startedAt: Timestamp(milliseconds: row["started_at"]), isDraining: row["draining"])
    }
}

extension Liveness {
    /// Looks at the worker's lock: whoever can take it knows that its holder is gone.
    ///
    /// - Parameter silence: the time since its heartbeat; nil when the machine was rebooted since.
    init(of worker: String, silence: Duration?, folder: StateFolder) {
        let silence = silence ?? .seconds(365 * 86_400)
        switch FileLock.attempt(folder.workerLock(worker), creates: false) {
        case .heldByAnother: self.init(isAlive: true, silence: silence)
        case .acquired, .missing: self.init(isAlive: false, silence: silence)
        case .unreadable: self.init(isAlive: silence < Self.forgottenAfter, silence: silence)
        }
    }

    /// Whether another worker may also have what this one may be sending.
    func yieldsAll(grace: Duration) -> Bool {
        !isAlive || silence > Self.leaseTime + grace
    }
}
