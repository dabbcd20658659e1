private import CKomodo
internal import GRDB
private import GRDBSQLite
package import Jobs
internal import Synchronization

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
    /// The only connection that writes.
    let queue: DatabaseQueue
    /// Connections that read: they need no room on the disk, nor the right to write.
    let pool: DatabasePool
    let writer: GroupWriter
    private let eager: EagerCheckpoint
    private let identity: FileIdentity?
    let clockWatch = Mutex(ClockWatch())
    let gauge: WriteAheadGauge
    let traces: SecretTraces
    /// Moves the write-ahead log back into the database.
    package let checkpointer: Checkpointer

    private init(
        path: String, clock: StoreClock, machine: JobStateMachine, folder: StateFolder,
        connections: Connections, gauge: WriteAheadGauge
    ) {
        self.path = path
        identity = connections.identity
        self.clock = clock
        self.machine = machine
        self.folder = folder
        queue = connections.queue
        pool = connections.pool
        self.gauge = gauge
        let bells = Doorbells(folder: folder)
        let traces = SecretTraces(folder: folder)
        self.traces = traces
        checkpointer = Checkpointer(path: path, folder: folder, traces: traces)
        let eager = EagerCheckpoint(checkpointer, traces: traces)
        self.eager = eager
        let backpressure = LogBackpressure(WriteAheadFile(database: path))
        writer = GroupWriter(pool: queue) {
            eager.cutIfSecretsWereDeleted()
        } afterCommit: { rings in
            if rings { bells.ring() }
            let walBytes = gauge.bytes
            eager.runIfDue(walBytes)
            backpressure.holdUp(after: walBytes)
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
            let connections = try connect(path)
            let gauge = WriteAheadGauge()
            connections.queue.writeWithoutTransaction { db in
                if let connection = db.sqliteConnection { gauge.attach(to: connection) }
            }
            try Migrator.migrate(connections.queue, at: clock.now())
            return SQLiteJobStore(
                path: path, clock: clock, machine: machine, folder: folder,
                connections: connections, gauge: gauge)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private struct Connections {
        let queue: DatabaseQueue
        let pool: DatabasePool
        /// Which file they have open.
        let identity: FileIdentity?

        init(_ path: String) throws {
            queue = try DatabaseQueue(path: path, configuration: configuration())
            // Not as GRDB does it, which writes into an empty log: whoever only wants to look could
            // not do so on a full disk. Where the log is in use already, this writes nothing.
            try queue.writeWithoutTransaction { db in
                // Only an empty file takes it. The first page is written by this already.
                if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
                    try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
                }
                guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                    throw DatabaseError(message: "it cannot log ahead")
                }
                try db.execute(sql: "PRAGMA synchronous = FULL")
            }
            var reading = configuration()
            reading.readonly = true
            pool = try DatabasePool(path: path, configuration: reading)
            identity = FileIdentity(path)
        }
    }

    /// Opens the connections, again and again while others open theirs.
    ///
    /// SQLite does not call the busy handler while a new file becomes one that logs ahead: of several
    /// processes at that point, all but one fail at once.
    private static func connect(_ path: String) throws -> Connections {
        let end = ContinuousClock.now + busyWaitMax
        while true {
            do {
                return try Connections(path)
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
            // See `Checkpointer`; SQLite 3.40.1 can corrupt a file otherwise.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            // Whoever starts the log anew cuts its file.
            try db.execute(sql: "PRAGMA journal_size_limit = \(Checkpointer.walBytesMax)")
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
        try confirmPlace()
        do {
            return try await writer.write(rings: rings, body)
        } catch {
            throw StoreError(error, path: path, fault: await fault(behind: error))
        }
    }

    /// Runs `body` as a step of many, for which nobody waits and which nobody has to hear of.
    func step<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        let eager = eager
        return try await write(rings: false) { db in
            eager.noteStep()
            return try body(db)
        }
    }

    /// The error of the operating system behind one of a write, which SQLite keeps.
    private func fault(behind error: any Error) async -> SystemFault? {
        guard let error = error as? DatabaseError,
            error.resultCode == .SQLITE_IOERR || error.resultCode == .SQLITE_CANTOPEN
        else { return nil }
        // Only cancellation fails here, and then nobody listens.
        let number = try? await queue.writeWithoutTransaction { db in
            db.sqliteConnection.map { sqlite3_system_errno($0) }
        }
        return number.map { SystemFault($0) }
    }

    /// Expects the database to be where it was opened.
    ///
    /// - Throws: `displaced` once the file was removed or another one took its place.
    package func confirmPlace() throws(StoreError) {
        guard let identity, identity.hasLeft(path) else { return }
        throw .displaced(path)
    }

    /// Runs `body` on a snapshot; it must not take longer than a moment.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        try confirmPlace()
        do {
            return try await pool.read(body)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Closes the file; nothing may be called afterwards.
    package func close() throws(StoreError) {
        do {
            try checkpointer.close()
            try pool.close()
            try queue.close()
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
