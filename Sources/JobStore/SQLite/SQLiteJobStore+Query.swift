internal import GRDB
package import JSON
package import Jobs

extension SQLiteJobStore {
    /// The shortest ending of an id that names a job.
    package static let endingLengthMin = 6

    package func job(_ reference: String) async throws(StoreError) -> JobRecord {
        let found = try await read { db in try JobTable.find(reference, db) }
        switch found.count {
        case 0: throw .unknown(reference)
        case 1: return found[0]
        default:
            let names = found.map { "\($0.id)" }.joined(separator: ", ")
            throw StoreError(
                .ambiguousReference, "'\(reference)' matches several jobs: \(names). Write more.")
        }
    }

    package func job(row: Int64) async throws(StoreError) -> JobRecord? {
        try await read { db in
            try JobRecord.fetchOne(
                db, sql: "SELECT \(JobRecord.columns) FROM job WHERE id = ?", arguments: [row])
        }
    }

    package func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage {
        try await read { db in
            let (sql, arguments) = JobTable.listSQL(query)
            let rows = try JobRecord.fetchAll(db, sql: sql, arguments: arguments)
            let jobs = Array(rows.prefix(query.limit))
            return JobPage(jobs: jobs, next: rows.count > query.limit ? jobs.last?.row : nil)
        }
    }

    package func events(_ query: EventQuery) async throws(StoreError) -> EventPage {
        let condition = """
            FROM event WHERE job_id = :job AND (:attempt IS NULL OR attempt = :attempt)
            AND (NOT :hasDetail OR detail IS NOT NULL)
            """
        let arguments: StatementArguments = [
            "job": query.job, "attempt": query.attempt, "hasDetail": query.hasDetail,
        ]
        return try await read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * \(condition) ORDER BY id DESC LIMIT :limit",
                arguments: arguments + ["limit": query.limit])
            var earlier = 0
            if rows.count == query.limit {
                let total = try Int.fetchOne(
                    db, sql: "SELECT count(*) \(condition)", arguments: arguments)
                earlier = (total ?? 0) - rows.count
            }
            return EventPage(
                events: rows.reversed().compactMap(JobEventRecord.init), earlier: earlier)
        }
    }

    package func logs(of job: Int64) async throws(StoreError) -> [LogEntry] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM log WHERE job_id = ? ORDER BY attempt, position",
                arguments: [job]
            ).map(LogEntry.init)
        }
    }

    package func logMark(of job: Int64) async throws(StoreError) -> LogMark {
        try await read { db in
            let isOver = try Bool.fetchOne(
                db, sql: "SELECT finished_at IS NOT NULL FROM job WHERE id = ?", arguments: [job])
            let stages = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM log WHERE job_id = ?", arguments: [job])
            let newest = try Row.fetchOne(
                db,
                sql: """
                    SELECT attempt, position, stdout_size + stderr_size AS size FROM log
                    WHERE job_id = ? ORDER BY attempt DESC, position DESC LIMIT 1
                    """, arguments: [job])
            return LogMark(
                isOver: isOver ?? false, stages: stages ?? 0,
                newest: newest.map { [$0["attempt"], $0["position"], $0["size"]] } ?? [])
        }
    }

    package func secrets(of job: Int64) async throws(StoreError) -> JSONObject {
        try await read { db in
            var secrets = JSONObject()
            let rows = try Row.fetchAll(
                db, sql: "SELECT name, value FROM secret_argument WHERE job_id = ?",
                arguments: [job])
            for row in rows {
                secrets[row["name"]] = try JSONValue(parsing: row["value"] as String)
            }
            return secrets
        }
    }

    /// How long a run without an owner is told from those of later jobs by a look of its own: the
    /// search for a lost answer reaches back by minutes only.
    static let laneDoubtMax: Duration = .seconds(86_400)

    package func isLaneDoubtful(_ lane: String) async throws(StoreError) -> Bool {
        let since = clock.now() - Self.laneDoubtMax
        return try await read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM job
                    WHERE lane = :lane AND phase = 'outcome_unknown' AND finished_at >= :since)
                    """, arguments: ["lane": lane, "since": since.milliseconds]) ?? false
        }
    }

    package func laneHolder(_ lane: String) async throws(StoreError) -> JobRecord? {
        try await read { db in
            try JobRecord.fetchOne(
                db,
                sql: "SELECT \(JobRecord.columns) FROM job WHERE lane = ? AND holds_lane = 1",
                arguments: [lane])
        }
    }

    /// How many past runs an estimate looks at.
    private static let estimateRuns = 50
    /// Fewer runs than this say nothing.
    private static let estimateRunsMin = 2

    package func estimate(
        _ operation: JobOperation, target: Target, instance: String
    ) async throws(StoreError) -> DurationEstimate? {
        let durations = try await read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT finished_at - accepted_at FROM job
                    WHERE target_name = :name AND operation = :operation
                        AND target_type = :type AND instance = :instance
                        AND status = 'success' AND accepted_at IS NOT NULL
                    ORDER BY id DESC LIMIT :limit
                    """,
                arguments: [
                    "name": target.name, "operation": operation.rawValue,
                    "type": target.type.rawValue, "instance": instance,
                    "limit": Self.estimateRuns,
                ])
        }.sorted()
        guard durations.count >= Self.estimateRunsMin else { return nil }
        return DurationEstimate(
            median: .milliseconds(durations.percentile(50)),
            p90: .milliseconds(durations.percentile(90)), count: durations.count)
    }

    package func stats(since: Timestamp?) async throws(StoreError) -> StoreStats {
        let since = since?.milliseconds ?? 0
        return try await read { db in try JobTable.stats(db, since: since) }
    }

    package func adopted(
        _ updates: [String], instance: String
    ) async throws(StoreError) -> Set<String> {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT 1 FROM adoption WHERE instance = ? AND update_id = ?")
            var adopted: Set<String> = []
            for update in updates
            where try Int.fetchOne(statement, arguments: [instance, update]) != nil {
                adopted.insert(update)
            }
            return adopted
        }
    }
}

extension [Int64] {
    /// The value below which `percent` of these sorted values lie; nearest rank.
    func percentile(_ percent: Int) -> Int64 {
        self[Swift.max(0, (count * percent + 99) / 100 - 1)]
    }
}

extension JobEventRecord {
    init?(_ row: Row) {
        guard let state = JobState(status: row["status"], phase: row["phase"]) else { return nil }
        self.init(
            row: row["id"], at: Timestamp(milliseconds: row["at"]), reason: row["reason"],
            state: state, attempt: row["attempt"], worker: row["worker"], detail: row["detail"])
    }
}

extension LogEntry {
    init(_ row: Row) {
        self.init(
            attempt: row["attempt"], position: row["position"], stage: row["stage"],
            command: row["command"], stdout: row["stdout"], stderr: row["stderr"],
            stdoutSize: row["stdout_size"], stderrSize: row["stderr_size"],
            success: row["success"], startedAt: Timestamp(stored: row["started_at"]),
            endedAt: Timestamp(stored: row["ended_at"]))
    }
}
