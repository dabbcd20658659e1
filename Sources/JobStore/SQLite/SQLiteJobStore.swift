private import CKomodo
internal import GRDB
package import Jobs
private import Synchronization

/// Jobs in one SQLite file that several processes share.
///
/// Writes of one process are committed in groups (``GroupWriter``); after each commit the doorbell
/// wakes whoever waits for changes.
package final class SQLiteJobStore: JobStore {
    /// The database file.
    package let path: String
    package let clock: StoreClock
    package let machine: JobStateMachine
    /// The folder of locks and doorbells beside the database.
    package let folder: StateFolder
    let pool: DatabasePool
    let writer: GroupWriter
    let gauge: WriteAheadGauge
    let traces: SecretTraces

    private init(
        path: String, clock: StoreClock, machine: JobStateMachine, folder: StateFolder,
        pool: DatabasePool, gauge: WriteAheadGauge
    ) {
        self.path = path
        self.clock = clock
        self.machine = machine
        self.folder = folder
        self.pool = pool
        self.gauge = gauge
        let bells = Doorbells(folder: folder)
        let traces = SecretTraces(folder: folder)
        self.traces = traces
        let eager = EagerCheckpoint(path: path, folder: folder, traces: traces)
        writer = GroupWriter(pool: pool) {
            eager.cutIfSecretsWereDeleted()
        } afterCommit: { rings in
            if rings { bells.ring() }
            eager.runIfDue(gauge.bytes)
        }
    }

    /// How a database is opened.
    package enum Mode: Sendable, Hashable {
        /// Makes the file, and its folder when it is the default one.
        case create(makingFolder: Bool)
        /// Only opens what is there.
        case existing
    }

    /// Opens a database and brings its schema up to date.
    ///
    /// - Throws: ``StoreError`` that says what to do: `missing`, `newer`, `corrupt`, `readOnly`,
    ///   `notPermitted`, `full` or `unsuitableFileSystem`. The file is left as it was.
    package static func open(
        path: String, mode: Mode, clock: StoreClock = .system,
        machine: JobStateMachine = JobStateMachine()
    ) throws(StoreError) -> SQLiteJobStore {
        try DatabaseFile.prepare(path: path, mode: mode)
        let folder = try StateFolder(database: path)
        do {
            let pool = try makePool(path)
            // GRDB sets NORMAL after `prepareDatabase`, which may lose accepted jobs with the power.
            let gauge = WriteAheadGauge()
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                if let connection = db.sqliteConnection { gauge.attach(to: connection) }
            }
            try Migrator.migrate(pool, at: clock.now())
            return SQLiteJobStore(
                path: path, clock: clock, machine: machine, folder: folder, pool: pool,
                gauge: gauge)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Opens the connections, again and again while others open theirs.
    ///
    /// SQLite does not call the busy handler while a new file becomes one that logs ahead, nor GRDB
    /// when it fills an empty log: of several processes at that point, all but one fail at once.
    private static func makePool(_ path: String) throws -> DatabasePool {
        let end = ContinuousClock.now + busyWaitMax
        while true {
            do {
                return try DatabasePool(path: path, configuration: configuration())
            } catch let error as DatabaseError
                where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end
            {
                pause(microseconds: openPauseMicroseconds)
            }
        }
    }

    private static let openPauseMicroseconds: UInt32 = 5_000

    /// The longest time that a writer waits for another process.
    static let busyWaitMax: Duration = .seconds(5)
    private static let busyPauseMicroseconds: UInt32 = 300

    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "jobs"
        configuration.maximumReaderCount = 4
        configuration.foreignKeysEnabled = true
        // SQLite's own back-off starves writers; short equal pauses measured 3 to 8 times better.
        configuration.busyMode = .callback { tries in
            pause(microseconds: busyPauseMicroseconds)
            return tries < Int(busyWaitMax.inMilliseconds) * 1_000 / Int(busyPauseMicroseconds)
        }
        configuration.prepareDatabase { db in
            // One role checkpoints, see `Checkpointer`; SQLite 3.40.1 can corrupt a file otherwise.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            // Debian's library does it anyway; see `SecretTraces`.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            guard let connection = db.sqliteConnection,
                komodo_sqlite_no_checkpoint_on_close(connection) == SQLITE_OK
            else { throw DatabaseError(message: "cannot configure the connection") }
        }
        return configuration
    }

    /// Runs `body` in a group commit.
    func write<Value: Sendable>(
        rings: Bool = true, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await writer.write(rings: rings, body)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Runs `body` on a snapshot; it must not take longer than a moment.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Closes the file; nothing may be called afterwards.
    package func close() throws(StoreError) {
        do {
            try pool.close()
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// `PRAGMA synchronous` of the writer's own connection; 2 is FULL.
    package func writerSynchronous() async throws(StoreError) -> Int {
        try await write(rings: false) { db in
            try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
        }
    }
}
