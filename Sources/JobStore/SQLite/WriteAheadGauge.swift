internal import GRDB
private import GRDBSQLite
private import Synchronization

/// How much of the write-ahead log is in use, as of the last commit of one connection.
final class WriteAheadGauge: Sendable {
    private let count = Atomic<Int>(0)
    private static let pageBytes = 4_096

    /// The frames of the log, a page each, those of the commit being the last.
    var frames: Int { count.load(ordering: .relaxed) }
    /// What they hold.
    var bytes: Int { frames * Self.pageBytes }

    /// Starts measuring the commits of `connection`, which must not outlive the gauge.
    func attach(to connection: SQLiteConnection) {
        sqlite3_wal_hook(
            connection,
            { context, _, _, frames in
                guard let context else { return SQLITE_OK }
                Unmanaged<WriteAheadGauge>.fromOpaque(context).takeUnretainedValue()
                    .count.store(Int(frames), ordering: .relaxed)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
