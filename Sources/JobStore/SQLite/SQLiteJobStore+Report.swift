internal import GRDB
private import Glibc

extension SQLiteJobStore {
    /// The size of a file in bytes; 0 when there is none.
    static func size(of path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    /// Looks the database over; `isThorough` reads every page.
    package func report(isThorough: Bool) async throws(StoreError) -> DatabaseReport {
        let path = path
        return try await read { db in
            var problems: [String] = []
            let check = isThorough ? "PRAGMA integrity_check" : "PRAGMA quick_check(1)"
            problems += try String.fetchAll(db, sql: check).filter { $0 != "ok" }
            problems += try String.fetchAll(db, sql: JobTable.inconsistencySQL)
            return DatabaseReport(
                path: path, schema: try Migrator.applied(db).last?.name ?? "none",
                sqliteVersion: try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "",
                jobs: try Int.fetchOne(db, sql: "SELECT count(*) FROM job") ?? 0,
                unfinished: try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM job WHERE finished_at IS NULL") ?? 0,
                fileBytes: Self.size(of: path), walBytes: Self.size(of: path + "-wal"),
                problems: problems)
        }
    }
}

extension JobTable {
    /// What CHECK constraints cannot say, one sentence per finding.
    static let inconsistencySQL = """
        SELECT 'job ' || token || ' is not in the state of its last event' FROM job
        JOIN event ON event.id = (SELECT max(id) FROM event WHERE job_id = job.id)
        WHERE event.status <> job.status
        UNION ALL
        SELECT 'job ' || token || ' has no event' FROM job
        WHERE NOT EXISTS (SELECT 1 FROM event WHERE job_id = job.id)
        UNION ALL
        SELECT 'job ' || token || ' changed after its end' FROM job
        WHERE finished_at IS NOT NULL AND (SELECT count(*) FROM event
            WHERE job_id = job.id AND status IN ('success', 'failed', 'cancelled')
            AND status <> job.status) > 0
        UNION ALL
        SELECT 'secret arguments of the finished job ' || token || ' are still stored' FROM job
        WHERE finished_at IS NOT NULL AND id IN (SELECT job_id FROM secret_argument)
        LIMIT 20
        """
}
