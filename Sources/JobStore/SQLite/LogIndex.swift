internal import GRDB

/// The index of logs, inside somebody's transaction.
struct LogIndex {
    let db: Database

    // MARK: Work

    /// Whether a step would find something to do.
    func hasWork() throws -> Bool {
        try Bool.fetchOne(try db.cachedStatement(sql: Self.workSQL)) ?? false
    }

    static let workSQL = """
        SELECT EXISTS (SELECT 1 FROM log_index_state
                WHERE id = 1 AND (below > 0 OR merging > 0))
            OR EXISTS (SELECT 1 FROM stale_log)
            OR EXISTS (SELECT 1 FROM unindexed_job CROSS JOIN job ON job.id = job_id
                WHERE leaves = 0 AND job.finished_at IS NOT NULL)
        """

    /// Does some of the work, as long as `share` lasts.
    func step(_ share: LockShare) throws {
        guard try removeStale(share), try addFinished(share) else { return try merge() }
        if try refill() { return }
        try finishMerging()
    }

    // MARK: Filling

    /// How many jobs of before the index are queued at once.
    static let refillMax = 200

    /// Queues older jobs whose logs were written before there was an index.
    ///
    /// - Returns: whether there were some left.
    private func refill() throws -> Bool {
        let below = try below()
        guard below > 0 else { return false }
        let jobs = try Int64.fetchAll(
            db, sql: Self.olderSQL, arguments: ["below": below, "limit": Self.refillMax])
        let insert = try db.cachedStatement(
            sql:
                "INSERT INTO unindexed_job (job_id, pieces) VALUES (:job, 0) ON CONFLICT DO NOTHING"
        )
        for job in jobs { try insert.execute(arguments: ["job": job]) }
        try db.execute(
            sql: "UPDATE log_index_state SET below = :below WHERE id = 1",
            arguments: ["below": jobs.count < Self.refillMax ? 0 : jobs.last ?? 0])
        return true
    }

    /// Jobs that have logs, the newest first.
    static let olderSQL = """
        SELECT DISTINCT job_id FROM log WHERE job_id < :below ORDER BY job_id DESC LIMIT :limit
        """

    /// Of jobs below this one nothing is in the index.
    func below() throws -> Int64 {
        try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT below FROM log_index_state WHERE id = 1")) ?? 0
    }

    /// How many jobs one step looks up.
    private static let batchMax = 64

    /// Adds logs of finished jobs, the newest first.
    ///
    /// - Returns: whether all that are queued are added.
    private func addFinished(_ share: LockShare) throws -> Bool {
        let rows = try Row.fetchAll(
            try db.cachedStatement(sql: Self.finishedSQL),
            arguments: ["below": try below(), "limit": Self.batchMax])
        // However late it is, one piece is added, or nothing ever would be.
        for (place, row) in rows.enumerated() {
            guard place == 0 || !share.isSpent,
                try add(row["job_id"], from: row["pieces"], share)
            else { return false }
        }
        return rows.isEmpty
    }

    static let finishedSQL = """
        SELECT job_id, pieces FROM unindexed_job CROSS JOIN job ON job.id = job_id
        WHERE job_id >= :below AND leaves = 0 AND job.finished_at IS NOT NULL
        ORDER BY job_id DESC LIMIT :limit
        """

    /// - Returns: whether all logs of the job are in the index now.
    private func add(_ job: Int64, from first: Int, _ share: LockShare) throws -> Bool {
        let insert = try db.cachedStatement(
            sql: "INSERT INTO log_index (rowid, text) VALUES (:job, :text)")
        let pieces = try pieces(of: job)
        for index in min(first, pieces.count)..<pieces.count {
            try insert.execute(arguments: ["job": job, "text": pieces[index]])
            if share.isSpent, index + 1 < pieces.count {
                try note(job, pieces: index + 1, leaves: false)
                return false
            }
        }
        try forget(job)
        return true
    }

    private func note(_ job: Int64, pieces: Int, leaves: Bool) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO unindexed_job (job_id, pieces, leaves) VALUES (:job, :pieces, :leaves)
                ON CONFLICT (job_id) DO UPDATE SET pieces = excluded.pieces, leaves = excluded.leaves
                """
        ).execute(arguments: ["job": job, "pieces": pieces, "leaves": leaves])
    }

    /// Drops a job from those that are to be indexed.
    func forget(_ job: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM unindexed_job WHERE job_id = :job")
            .execute(arguments: ["job": job])
    }

    private func pieces(of job: Int64) throws -> LogPieces {
        let statement = try db.cachedStatement(
            sql: """
                SELECT command, stdout, stderr FROM log WHERE job_id = :job
                ORDER BY attempt, position
                """)
        let rows = try Row.fetchAll(statement, arguments: ["job": job])
        return LogPieces(rows.flatMap(Self.texts))
    }

    private static func texts(_ row: Row) -> [String] {
        [row["command"], row["stdout"], row["stderr"]]
    }

    // MARK: Emptying

    /// Takes the logs of a job out of the index, which are about to be deleted.
    ///
    /// - Returns: whether nothing of them is in the index any more.
    func remove(_ job: Int64, _ share: LockShare) throws -> Bool {
        guard job >= (try below()) else { return true }
        let noted = try Int.fetchOne(
            try db.cachedStatement(sql: "SELECT pieces FROM unindexed_job WHERE job_id = :job"),
            arguments: ["job": job])
        if noted == 0 { return true }
        let left = try remove(try pieces(of: job), of: job, first: noted, share)
        try note(job, pieces: left, leaves: true)
        return left == 0
    }

    /// Forgets a job that has no logs any more.
    func finishRemoving(_ job: Int64) throws {
        try forget(job)
        try startMerging()
    }

    /// - Parameter first: how many of the first pieces are in the index; nil for all.
    /// - Returns: how many are left there.
    private func remove(
        _ pieces: LogPieces, of job: Int64, first: Int?, _ share: LockShare
    ) throws -> Int {
        let delete = try db.cachedStatement(
            sql: "INSERT INTO log_index (log_index, rowid, text) VALUES ('delete', :job, :text)")
        for index in (0..<min(first ?? pieces.count, pieces.count)).reversed() {
            try delete.execute(arguments: ["job": job, "text": pieces[index]])
            if share.isSpent { return index }
        }
        return 0
    }

    /// - Returns: whether no text that was replaced or deleted is in the index any more.
    private func removeStale(_ share: LockShare) throws -> Bool {
        repeat {
            let row = try Row.fetchOne(db, sql: "SELECT * FROM stale_log ORDER BY id LIMIT 1")
            guard let row else { return true }
            let left = try remove(
                LogPieces(Self.texts(row)), of: row["job_id"], first: row["pieces"], share)
            let sql =
                left == 0
                ? "DELETE FROM stale_log WHERE id = :id"
                : "UPDATE stale_log SET pieces = \(left) WHERE id = :id"
            try db.execute(sql: sql, arguments: ["id": row["id"] as Int64])
        } while !share.isSpent
        return false
    }

    // MARK: Merging

    /// How many pages one merge writes, about.
    private static let mergePages = 48

    /// Merges some segments of the index when there are several of about one size.
    func merge() throws { try merge(pages: Self.mergePages) }

    private func merge(pages: Int) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO log_index (log_index, rank) VALUES ('merge', :pages)")
        try statement.execute(arguments: ["pages": pages])
    }

    /// Has everything merged in the steps that follow, without which deleted words stay in the file.
    func startMerging() throws {
        try db.execute(sql: "UPDATE log_index_state SET merging = 1 WHERE id = 1")
    }

    /// Does a part of what ``startMerging()`` asked for.
    private func finishMerging() throws {
        let state =
            try Int.fetchOne(
                try db.cachedStatement(sql: "SELECT merging FROM log_index_state WHERE id = 1"))
            ?? 0
        switch state {
        case 1:
            // A negative number begins to merge all segments into one.
            try merge(pages: -Self.mergePages)
            try db.execute(sql: "UPDATE log_index_state SET merging = 2 WHERE id = 1")
        case 2:
            let changes = db.totalChangesCount
            try merge()
            // sqlite.org/fts5.html#the_merge_command: less than two changes mean that all is done.
            guard db.totalChangesCount - changes < 2 else { return }
            try db.execute(sql: "UPDATE log_index_state SET merging = 0 WHERE id = 1")
        default: return
        }
    }
}
