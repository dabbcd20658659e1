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
        SELECT EXISTS (SELECT 1 FROM log_index_state WHERE id = 1 AND merging > 0)
            OR EXISTS (SELECT 1 FROM stale_log) OR (\(missingSQL))
        """

    /// Whether every log of a finished job is in the index.
    func isComplete() throws -> Bool {
        try Bool.fetchOne(try db.cachedStatement(sql: "SELECT NOT (\(Self.missingSQL))")) ?? false
    }

    private static let missingSQL = """
        EXISTS (SELECT 1 FROM log_index_state WHERE id = 1 AND below > 0)
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
            sql: "INSERT INTO unindexed_job (job_id) VALUES (:job) ON CONFLICT DO NOTHING")
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
                try count(added: index + 1 - first)
                return false
            }
        }
        try forget(job)
        try count(added: max(0, pieces.count - first))
        return true
    }

    private func count(added: Int = 0, removed: Int = 0) throws {
        try db.cachedStatement(
            sql: """
                UPDATE log_index_state SET pieces = max(pieces + :added - :removed, 0),
                    removed = removed + :removed WHERE id = 1
                """
        ).execute(arguments: ["added": added, "removed": removed])
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
        let noted = try Row.fetchOne(
            try db.cachedStatement(
                sql: "SELECT pieces, leaves, was_indexed FROM unindexed_job WHERE job_id = :job"),
            arguments: ["job": job])
        let wasIndexed: Bool = noted?["was_indexed"] ?? false
        // Of what is to be added again, nobody knows which pieces are still there.
        let first: Int? = noted?["leaves"] == true || !wasIndexed ? noted?["pieces"] : nil
        if first == 0 { return true }
        let left = try remove(
            try pieces(of: job), of: job, first: first, isCertain: !wasIndexed, share)
        try note(job, pieces: left, leaves: true)
        if left == 0, wasIndexed {
            try db.cachedStatement(
                sql: "UPDATE unindexed_job SET was_indexed = 0 WHERE job_id = :job"
            ).execute(arguments: ["job": job])
        }
        return left == 0
    }

    /// Forgets a job that has no logs any more.
    func finishRemoving(_ job: Int64) throws {
        try forget(job)
        try startMerging()
    }

    /// - Parameters:
    ///   - first: how many of the first pieces are in the index; nil for all.
    ///   - isCertain: whether they are. What is not is added first: SQLite 3.40.1 takes an index for
    ///     broken that has lost more than it had.
    /// - Returns: how many are left there.
    private func remove(
        _ pieces: LogPieces, of job: Int64, first: Int?, isCertain: Bool, _ share: LockShare
    ) throws -> Int {
        let insert = try db.cachedStatement(
            sql: "INSERT INTO log_index (rowid, text) VALUES (:job, :text)")
        let delete = try db.cachedStatement(
            sql: "INSERT INTO log_index (log_index, rowid, text) VALUES ('delete', :job, :text)")
        let end = min(first ?? pieces.count, pieces.count)
        var left = end
        while left > 0, left == end || !share.isSpent {
            left -= 1
            let arguments: StatementArguments = ["job": job, "text": pieces[left]]
            if !isCertain { try insert.execute(arguments: arguments) }
            try delete.execute(arguments: arguments)
        }
        try count(removed: end - left)
        return left
    }

    /// - Returns: whether no text that was replaced or deleted is in the index any more.
    private func removeStale(_ share: LockShare) throws -> Bool {
        repeat {
            let row = try Row.fetchOne(db, sql: "SELECT * FROM stale_log ORDER BY id LIMIT 1")
            guard let row else { return true }
            let left = try remove(
                LogPieces(Self.texts(row)), of: row["job_id"], first: row["pieces"],
                isCertain: false, share)
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

    /// Fewer pieces are not worth a merge of everything.
    static let removedMin = 64
    /// How often everything is merged in the life of a database.
    ///
    /// Each time adds two levels to the index for good, and SQLite 3.40.1 takes one with more than
    /// 2,000 for broken.
    static let mergesMax = 900

    /// Has everything merged in the steps that follow, once more was taken out than is there:
    /// without that, deleted words stay in the file for longer.
    private func startMerging() throws {
        try db.cachedStatement(
            sql: """
                UPDATE log_index_state SET merging = 1
                WHERE id = 1 AND merging = 0 AND removed >= max(pieces, :least) AND merges < :most
                """
        ).execute(arguments: ["least": Self.removedMin, "most": Self.mergesMax])
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
            try db.execute(
                sql: """
                    UPDATE log_index_state SET merging = 2, merges = merges + 1, removed = 0
                    WHERE id = 1
                    """)
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
