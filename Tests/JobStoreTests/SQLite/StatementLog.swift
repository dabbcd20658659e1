import GRDB
import Synchronization

@testable import JobStore

/// The statements that a store runs, and how SQLite means to run them.
final class StatementLog: Sendable {
    private let statements = Mutex<Set<String>>([])
    private let store: SQLiteJobStore

    /// Listens to the writer and to the reader that is used as long as one reads at a time.
    init(_ store: SQLiteJobStore) async throws {
        self.store = store
        try await store.queue.writeWithoutTransaction { db in self.listen(db) }
        try await store.pool.read { db in self.listen(db) }
    }

    private func listen(_ db: Database) {
        db.trace(options: .statement) { [weak self] event in
            guard case .statement(let statement) = event else { return }
            self?.statements.withLock { _ = $0.insert(statement.sql) }
        }
    }

    /// What ran so far, without transactions, pragmas and triggers.
    var all: [String] {
        let words = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]
        return statements.withLock { statements in
            statements.filter { sql in words.contains { sql.hasPrefix($0) } }.sorted()
        }
    }

    /// The statements that contain `text`.
    func matching(_ text: String) -> [String] { all.filter { $0.contains(text) } }

    /// The plan of a statement, one line per step.
    func plan(_ sql: String) async throws -> [String] {
        try await store.pool.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] }
        }
    }
}
