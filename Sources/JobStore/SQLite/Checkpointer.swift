internal import GRDB
private import Synchronization

/// Moves the write-ahead log back into the database; one process at a time, held by a file lock.
///
/// SQLite 3.40.1 can corrupt a file when a commit starts the log anew while a checkpoint is under
/// way (sqlite.org/wal.html#walresetbug). Every mode of a checkpoint can meet that: RESTART and
/// TRUNCATE go on as PASSIVE when they do not get the write lock, and PASSIVE does not take it. So
/// there are two connections: one holds the write lock in a transaction that writes nothing, the
/// other makes a PASSIVE checkpoint meanwhile. Only who commits starts the log anew, so nobody can.
///
/// Then a commit of ours, of the first page as it was, starts the log anew if no reader needs it,
/// and cuts the file to the connection's `journal_size_limit`.
package final class Checkpointer: Sendable {
    private let path: String
    private let folder: StateFolder
    private let traces: SecretTraces
    private let log: WriteAheadFile
    private let connections = Mutex<Connections?>(nil)

    /// Above this much in the log any writer checkpoints after its commit.
    static let walBytesEager = 16 << 20
    /// Above this much whoever takes many steps checkpoints after one; moving it takes as long as a
    /// step.
    static let walBytesStep = 1 << 20
    /// To this size whoever starts the log anew cuts a larger file.
    ///
    /// Cutting it to nothing each time would cost nearly half of the commit rate.
    static let walBytesMax = 48 << 20

    /// How often a checkpoint tries when others are in the way: of a short log, of a long one, and
    /// of a long one when nobody waits for it.
    private static let triesMax = 4
    private static let eagerTriesMax = 8
    private static let persistentTriesMax = 12
    /// The longest pause between two tries; it doubles with each.
    private static let pauseMillisecondsMax: UInt32 = 64
    /// The longest wait for readers with the write lock in hand, which doubles likewise.
    ///
    /// Writers wait meanwhile, so it is longer only when the log is.
    private static let readerMillisecondsMax: UInt32 = 32
    private static let urgentReaderMillisecondsMax: UInt32 = 256
    /// Above this much in the log it is more important that it starts anew than that writers do not
    /// wait.
    private static let walBytesUrgent = 32 << 20
    /// Readers that came within so many pages are waited for; older ones take their time.
    private static let recentFramesMax = 2_048

    init(path: String, folder: StateFolder, traces: SecretTraces) {
        self.path = path
        self.folder = folder
        self.traces = traces
        log = WriteAheadFile(database: path)
    }

    /// What a checkpoint came to.
    package enum Outcome: Sendable, Hashable {
        /// Everything was moved and the log has started anew.
        case restarted
        /// Not everything could be done; the next one goes on.
        case partial(Obstacle)
        /// Another process or thread is at it.
        case heldByAnother
    }

    /// Who is in the way of a checkpoint.
    package enum Obstacle: Sendable, Hashable {
        /// Somebody reads an older state of the database, which needs the log.
        case reader
        /// Others had the write lock all the time.
        case writer
    }

    /// Checkpoints, a few times if others are in the way; blocks its thread while it does.
    ///
    /// - Parameter persistently: whether to try more often when the log is long.
    package func checkpoint(persistently: Bool = false) throws(StoreError) -> Outcome {
        var outcome = try checkpointOnce(patience: 0)
        var (milliseconds, patience): (UInt32, UInt32) = (1, 0)
        for _ in 1..<triesMax(persistently) {
            guard case .partial(let obstacle) = outcome else { break }
            pause(microseconds: min(milliseconds, Self.pauseMillisecondsMax) * 1_000)
            // Where nobody reads, no time is spent with the write lock in hand.
            if obstacle == .reader {
                let isUrgent = log.bytesInUse > Self.walBytesUrgent
                patience = min(
                    milliseconds,
                    isUrgent ? Self.urgentReaderMillisecondsMax : Self.readerMillisecondsMax)
            }
            let next = try checkpointOnce(patience: patience)
            // Who goes on with it meets the same obstacle.
            if next == .heldByAnother { break }
            outcome = next
            milliseconds = min(milliseconds * 2, Self.urgentReaderMillisecondsMax)
        }
        return outcome
    }

    private func triesMax(_ persistently: Bool) -> Int {
        guard log.bytesInUse > Self.walBytesEager else { return Self.triesMax }
        return persistently ? Self.persistentTriesMax : Self.eagerTriesMax
    }

    /// Closes the connections; the next checkpoint opens others.
    func close() throws {
        let connections = connections.withLock { connections in
            defer { connections = nil }
            return connections
        }
        try connections?.writer.close()
        try connections?.mover.close()
    }

    /// Checkpoints once, if nobody else does.
    private func checkpointOnce(patience: UInt32) throws(StoreError) -> Outcome {
        switch FileLock.attempt(folder.checkpointerLock, creates: true) {
        case .heldByAnother: return .heldByAnother
        case .acquired(let lock):
            do {
                return try withExtendedLifetime(lock) {
                    try checkpointOnce(open(), patience: patience)
                }
            } catch {
                throw StoreError(error, path: path)
            }
        case .missing:
            throw StoreError(
                .missing,
                "The folder of \(folder.checkpointerLock) is gone; a running worker makes it again."
            )
        case .unreadable(let fault):
            throw fault.error(
                folder.checkpointerLock, "the lock \(folder.checkpointerLock) cannot be opened")
        }
    }

    private func checkpointOnce(_ connections: Connections, patience: UInt32) throws -> Outcome {
        do {
            return try connections.writer.writeWithoutTransaction { db in
                var isErasing = false
                var frames: Int?
                try db.inTransaction(.immediate) {
                    // Whoever deletes a secret has the write lock from before the mark to the
                    // commit, so each mark that is seen here is of what is moved here.
                    isErasing = traces.take()
                    frames = try moveAll(connections.mover, patience)
                    return .rollback
                }
                guard let frames else { return .partial(.reader) }
                return try restart(db, connections.gauge, after: frames, isErasing: isErasing)
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return .partial(.writer)
        }
    }

    /// Moves what is in the log, to be called with the write lock in other hands of ours.
    ///
    /// - Parameter patience: how many milliseconds readers may take to leave, first those of older
    ///   states and then those of the newest. With the write lock held and everything moved, those
    ///   that come do without the log.
    /// - Returns: the frames of the log, all moved; nil when a reader is in the way.
    private func moveAll(_ mover: DatabaseQueue, _ patience: UInt32) throws -> Int? {
        for waited in 0...patience {
            if waited > 0 { pause(microseconds: 1_000) }
            let (frames, moved) = try mover.writeWithoutTransaction { db in
                try db.checkpoint(.passive)
            }
            guard frames >= 0 else {
                throw DatabaseError(message: "the database does not log ahead")
            }
            if moved == frames {
                pause(microseconds: patience * 1_000)
                return frames
            }
            guard frames - moved <= Self.recentFramesMax else { return nil }
        }
        return nil
    }

    /// Commits the first page as it is, which starts a log anew that was moved and is not read.
    private func restart(
        _ db: Database, _ gauge: WriteAheadGauge, after frames: Int, isErasing: Bool
    ) throws -> Outcome {
        try db.execute(
            sql: "PRAGMA journal_size_limit = \(isErasing ? 0 : Self.walBytesMax)")
        try db.inTransaction(.immediate) {
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
        if isErasing {
            // A commit of somebody else that came first has started the log anew, but not cut it.
            guard gauge.frames == 1 else {
                return .partial(gauge.frames > frames ? .reader : .writer)
            }
            // SQLite is silent when a file cannot be cut. With the write lock nothing is written.
            var isCut = false
            try db.inTransaction(.immediate) {
                isCut = log.bytes == log.bytesInUse
                return .rollback
            }
            guard isCut else { return .partial(.writer) }
            try log.sync()
            traces.clear()
        }
        return gauge.frames == 1 || gauge.frames <= frames ? .restarted : .partial(.reader)
    }

    // MARK: Connections

    private struct Connections: Sendable {
        /// Holds the write lock, and starts the log anew.
        let writer: DatabaseQueue
        /// Checkpoints meanwhile.
        let mover: DatabaseQueue
        /// Measures the commits of `writer`.
        let gauge: WriteAheadGauge
    }

    /// The connections, opened at the first checkpoint of the process.
    private func open() throws -> Connections {
        try connections.withLock { connections in
            if let connections { return connections }
            // SQLite would make a new file.
            guard SQLiteJobStore.size(of: path) > 0 else {
                throw StoreError(.missing, "The database \(path) is gone.")
            }
            var configuration = SQLiteJobStore.configuration()
            configuration.busyMode = .callback { tries in
                pause(microseconds: Self.writerPauseMicroseconds)
                return tries < Self.writerTriesMax
            }
            configuration.label = "checkpointer"
            let writer = try DatabaseQueue(path: path, configuration: configuration)
            configuration.busyMode = .immediateError
            let mover = try DatabaseQueue(path: path, configuration: configuration)
            let gauge = WriteAheadGauge()
            try writer.writeWithoutTransaction { db in
                // Nothing is lost with its commits.
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
                if let connection = db.sqliteConnection { gauge.attach(to: connection) }
            }
            let opened = Connections(writer: writer, mover: mover, gauge: gauge)
            connections = opened
            return opened
        }
    }

    /// Others ask for the write lock every 300 µs; whoever asks more often gets it sooner.
    private static let writerPauseMicroseconds: UInt32 = 100
    private static let writerTriesMax = 250
}

extension SQLiteJobStore {
    /// Bytes of the write-ahead log that are in use, whoever wrote them.
    package var walBytesInUse: Int { WriteAheadFile(database: path).bytesInUse }

    /// Whether deleted secrets are still in the files, until a checkpoint cuts the log.
    package var hasSecretTraces: Bool { traces.areLeft }

    /// The size of the write-ahead log's file in bytes.
    package var walFileBytes: Int { WriteAheadFile(database: path).bytes }
}
