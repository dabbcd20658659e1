internal import GRDB
internal import Jobs

extension JobTable {
    private static let durationsMax = 1_000

    /// Counts and durations of the jobs that were asked for since then.
    static func stats(_ db: Database, since: Int64) throws -> StoreStats {
        var rows: [JobOperation: StoreStats.Row] = [:]
        var byState: [JobState: Int] = [:]
        for sql in [endedCountsSQL, unfinishedCountsSQL] {
            for row in try Row.fetchAll(db, sql: sql, arguments: ["since": since]) {
                guard let operation = JobOperation(rawValue: row["operation"]),
                    let state = JobState(status: row["status"], phase: row["phase"])
                else { continue }
                rows[operation, default: StoreStats.Row(operation: operation, counts: [:])]
                    .counts[state.status, default: 0] += row["n"]
                byState[state, default: 0] += row["n"]
            }
        }
        for operation in rows.keys {
            let durations = try Int64.fetchAll(
                db, sql: durationsSQL,
                arguments: [
                    "operation": operation.rawValue, "since": since, "limit": durationsMax,
                ]
            ).sorted()
            guard !durations.isEmpty else { continue }
            rows[operation]?.median = durations.percentile(50)
            rows[operation]?.p90 = durations.percentile(90)
        }
        return StoreStats(
            rows: rows.values.sorted { $0.operation.rawValue < $1.operation.rawValue },
            byState: byState)
    }

    /// Reads nothing but the index.
    private static let endedCountsSQL = """
        SELECT operation, status, phase, count(*) AS n FROM job INDEXED BY job_ended
        WHERE finished_at IS NOT NULL AND created_at >= :since
        GROUP BY operation, status, phase
        """

    private static let unfinishedCountsSQL = """
        SELECT operation, status, phase, count(*) AS n FROM job INDEXED BY job_unfinished
        WHERE finished_at IS NULL AND created_at >= :since
        GROUP BY operation, status, phase
        """

    private static let durationsSQL = """
        SELECT finished_at - accepted_at FROM job INDEXED BY job_ended
        WHERE operation = :operation AND status = 'success' AND phase IS NULL
            AND finished_at IS NOT NULL AND created_at >= :since AND accepted_at IS NOT NULL
        ORDER BY created_at DESC LIMIT :limit
        """
}
