internal import GRDB
private import GRDBSQLite
private import Synchronization

/// How much of the write-ahead log is in use, as of the last commit of one connection.
///
/// The size of the file does not tell: after a checkpoint it is written again from its beginning.
final class WriteAheadGauge: Sendable {
    private let pages = Atomic<Int>(0)
    private static let pageBytes = 4_096

    /// Bytes that a checkpoint would move.
    var bytes: Int { pages.load(ordering: .relaxed) * Self.pageBytes }

    /// Starts measuring the commits of `connection`, which must not outlive the gauge.
    func attach(to connection: SQLiteConnection) {
        sqlite3_wal_hook(
            connection,
            { context, _, _, pages in
                guard let context else { return SQLITE_OK }
                Unmanaged<WriteAheadGauge>.fromOpaque(context).takeUnretainedValue()
                    .pages.store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
