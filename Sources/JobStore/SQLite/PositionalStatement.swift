private import CKomodo
internal import GRDB
private import GRDBSQLite
internal import Jobs

/// A cached statement that is bound and read by position.
///
/// For what every job runs through: GRDB's arguments by name and rows by name cost several times
/// what SQLite itself needs for such a statement.
struct PositionalStatement: ~Copyable {
    private let db: Database
    private let statement: Statement
    private let handle: SQLiteStatement
    private var boundCount: CInt = 0

    /// Finds the statement in the cache of the connection, or prepares it there.
    init(_ db: Database, _ sql: String) throws {
        self.db = db
        statement = try db.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
        sqlite3_reset(handle)
    }

    /// Goes on with a statement whose parameters are bound already.
    init(_ db: Database, bound statement: Statement) {
        self.db = db
        self.statement = statement
        handle = statement.sqliteStatement
        boundCount = sqlite3_bind_parameter_count(handle)
    }

    deinit { sqlite3_reset(handle) }

    /// Binds the next parameter.
    mutating func bind(_ value: Int64?) {
        boundCount += 1
        if let value {
            sqlite3_bind_int64(handle, boundCount, value)
        } else {
            sqlite3_bind_null(handle, boundCount)
        }
    }

    /// Binds the next parameter.
    mutating func bind(_ value: Int) { bind(Int64(value)) }

    /// Binds the next parameter.
    mutating func bind(_ value: Bool) { bind(value ? 1 : 0 as Int64) }

    /// Binds the next parameter.
    mutating func bind(_ value: Double) {
        boundCount += 1
        sqlite3_bind_double(handle, boundCount, value)
    }

    /// Binds the next parameter to milliseconds since 1970.
    mutating func bind(_ value: Timestamp?) { bind(value?.milliseconds) }

    /// Binds the next parameter to milliseconds.
    mutating func bind(_ value: Duration?) { bind(value?.inMilliseconds) }

    /// Binds the next parameter.
    mutating func bind(_ value: String?) {
        boundCount += 1
        guard var value else {
            sqlite3_bind_null(handle, boundCount)
            return
        }
        value.withUTF8 { text in
            _ = komodo_bind_text(handle, boundCount, text.baseAddress, text.count)
        }
    }

    /// Binds the next parameter to a blob.
    mutating func bind(_ value: [UInt8]) {
        boundCount += 1
        value.withUnsafeBytes { bytes in
            _ = komodo_bind_blob(handle, boundCount, bytes.baseAddress, bytes.count)
        }
    }

    /// Goes to the next row.
    ///
    /// - Returns: whether there is one.
    func step() throws -> Bool {
        assert(boundCount == sqlite3_bind_parameter_count(handle), "every parameter is bound")
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage,
                sql: statement.sql)
        }
    }

    /// Runs a statement that answers with no row.
    func run() throws {
        while try step() {}
    }

    /// The values of the row, from the first column on.
    var row: PositionalRow { PositionalRow(handle) }

    /// The number in the only column of the first row, if there is one.
    func firstNumber() throws -> Int64? {
        guard try step() else { return nil }
        var row = row
        return row.next()
    }
}

/// The values of a statement's current row, read one after the other.
struct PositionalRow {
    private let handle: SQLiteStatement
    private var column: CInt = 0

    fileprivate init(_ handle: SQLiteStatement) { self.handle = handle }

    /// The next column; nil for null.
    mutating func next() -> Int64? {
        defer { column += 1 }
        guard sqlite3_column_type(handle, column) != SQLITE_NULL else { return nil }
        return sqlite3_column_int64(handle, column)
    }

    /// The next column, which is not null.
    mutating func next() -> Int64 {
        defer { column += 1 }
        return sqlite3_column_int64(handle, column)
    }

    /// The next column, which is not null.
    mutating func next() -> Int { Int(next() as Int64) }

    /// The next column, which is not null.
    mutating func next() -> Bool { (next() as Int64) != 0 }

    /// The next column, which is not null.
    mutating func next() -> Double {
        defer { column += 1 }
        return sqlite3_column_double(handle, column)
    }

    /// The next column, in milliseconds since 1970; nil for null.
    mutating func next() -> Timestamp? {
        (next() as Int64?).map { Timestamp(milliseconds: $0) }
    }

    /// The next column, in milliseconds since 1970, which is not null.
    mutating func next() -> Timestamp { Timestamp(milliseconds: next()) }

    /// The next column, in milliseconds; nil for null.
    mutating func next() -> Duration? { (next() as Int64?).map { .milliseconds($0) } }

    /// The next column, in milliseconds, which is not null.
    mutating func next() -> Duration { .milliseconds(next() as Int64) }

    /// The next column; nil for null.
    mutating func next() -> String? {
        defer { column += 1 }
        guard let text = sqlite3_column_text(handle, column) else { return nil }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    /// The next column, which is not null.
    mutating func next() -> String { next() ?? "" }
}
