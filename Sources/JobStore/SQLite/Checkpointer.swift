internal import GRDB
private import Glibc

/// The one role that moves the write-ahead log back into the database.
///
/// SQLite 3.40.1 can corrupt a file when a checkpoint of one connection overlaps a reset of the log
/// by another (sqlite.org/wal.html#walresetbug). So nobody checkpoints but the holder of a file
/// lock, and always in RESTART mode, which holds the write lock. Its connection has no busy handler:
/// RESTART would wait for readers with the write lock in hand.
package final class Checkpointer: Sendable {
    private let path: String
    private let connection: DatabaseQueue
    private let lock: FileLock
    private let traces: SecretTraces

    /// Above this much in the log any writer takes the role for a moment, when nobody has it.
    static let walBytesEager = 16 << 20
    /// Above this size the file is cut; growing again costs nearly half of the commit rate.
    static let walBytesMax = 48 << 20

    /// Takes the role; nil when another process has it.
    package convenience init?(_ store: SQLiteJobStore) throws(StoreError) {
        try self.init(path: store.path, folder: store.folder)
    }

    init?(path: String, folder: StateFolder) throws(StoreError) {
        guard case .acquired(let lock) = FileLock.attempt(folder.checkpointerLock, creates: true)
        else { return nil }
        self.lock = lock
        self.path = path
        traces = SecretTraces(folder: folder)
        do {
            var configuration = SQLiteJobStore.configuration()
            configuration.busyMode = .immediateError
            configuration.label = "checkpointer"
            connection = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// What a checkpoint came to.
    package enum Outcome: Sendable, Hashable {
        /// Everything was moved and the log starts anew.
        case restarted
        /// A reader or a writer was in the way; the next one goes on.
        case partial
    }

    /// Checkpoints once; blocks its thread while it does.
    package func checkpoint() throws(StoreError) -> Outcome {
        let isTooLarge = SQLiteJobStore.size(of: path + "-wal") > Self.walBytesMax
        let hasSecrets = traces.take()
        do {
            return try connection.writeWithoutTransaction { db in
                do {
                    _ = try db.checkpoint(isTooLarge || hasSecrets ? .truncate : .restart)
                    if hasSecrets { traces.clear() }
                    return .restarted
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    return .partial
                }
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }
}

extension SQLiteJobStore {
    /// Bytes of the write-ahead log that a checkpoint would move, as of this process's last commit.
    package var walBytesInUse: Int { gauge.bytes }

    /// Whether deleted secrets are still in the files, until a checkpoint cuts the log.
    package var hasSecretTraces: Bool { traces.areLeft }

    /// The size of the write-ahead log's file in bytes.
    package var walFileBytes: Int { Self.size(of: path + "-wal") }

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
