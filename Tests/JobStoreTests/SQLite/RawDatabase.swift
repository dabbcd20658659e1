import GRDB

@testable import JobStore

/// A plain connection to a store's file, without the store's settings.
struct RawDatabase {
    let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        // Tests leave a transaction open to stand in the way of others.
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    func execute(_ sql: String) throws {
        try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
    }

    /// The message of the error that `sql` causes; nil when it causes none, in which case it is
    /// undone.
    func error(_ sql: String) throws -> String? {
        try queue.writeWithoutTransaction { db in
            var message: String?
            try db.inTransaction(.immediate) {
                do {
                    try db.execute(sql: sql)
                } catch let error as DatabaseError {
                    message = error.message
                }
                return .rollback
            }
            return message
        }
    }

    func string(_ sql: String) throws -> String? {
        try queue.writeWithoutTransaction { db in try String.fetchOne(db, sql: sql) }
    }

    func int(_ sql: String) throws -> Int? {
        try queue.writeWithoutTransaction { db in try Int.fetchOne(db, sql: sql) }
    }

    /// Moves the write-ahead log into the file and closes the connection.
    func settleAndClose() throws {
        try execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try queue.close()
    }
}
