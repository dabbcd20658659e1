import GRDB
import Testing

@testable import JobStore

/// The one role that moves the log back into the file.
@Suite(.timeLimit(.minutes(2)))
struct CheckpointerTests {
    private static let mebibyte = 1 << 20
    private let files: SQLiteFiles
    private let store: SQLiteJobStore

    init() throws {
        files = try SQLiteFiles()
        store = try files.open()
        try RawDatabase(files.path).execute("CREATE TABLE filler (bytes BLOB)")
    }

    /// Writes so many commits of a mebibyte.
    private func fill(_ count: Int) async throws {
        for _ in 0..<count {
            try await store.write(rings: false) { db in
                try db.execute(
                    sql: "INSERT INTO filler VALUES (zeroblob(?))", arguments: [Self.mebibyte])
            }
        }
    }

    @Test func theRoleIsHeldByOneAndHandedOn() throws {
        let other = try files.open()
        var first = try Checkpointer(store)
        #expect(first != nil)
        #expect(try Checkpointer(other) == nil)
        #expect(try Checkpointer(store) == nil)
        first = nil
        #expect(first == nil)
        let second = try Checkpointer(other)
        #expect(second != nil)
        #expect(try Checkpointer(store) == nil)
        withExtendedLifetime(second) {}
    }

    @Test func aCheckpointMovesEverythingAndTheLogStartsAnew() async throws {
        let checkpointer = try #require(try Checkpointer(store))
        try await fill(4)
        let grown = store.walFileBytes
        #expect(grown > 4 * Self.mebibyte && store.walBytesInUse > 4 * Self.mebibyte)
        #expect(try checkpointer.checkpoint() == .restarted)
        // The file keeps its size and is written again from its beginning.
        for _ in 0..<5 {
            try await fill(2)
            #expect(try checkpointer.checkpoint() == .restarted)
        }
        #expect(store.walFileBytes <= grown)
        #expect(SQLiteJobStore.size(of: files.path) > 13 * Self.mebibyte)
    }

    @Test func aLogThatGrewTooLargeIsCut() async throws {
        let checkpointer = try #require(try Checkpointer(store))
        try await fill(50)
        #expect(store.walFileBytes > Checkpointer.walBytesMax)
        #expect(try checkpointer.checkpoint() == .restarted)
        #expect(store.walFileBytes == 0)
        try await fill(1)
        #expect(try checkpointer.checkpoint() == .restarted)
        let count = try await store.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM filler")
        }
        #expect(count == 51)
    }

    @Test func aReaderIsNotWaitedFor() async throws {
        let checkpointer = try #require(try Checkpointer(store))
        try await fill(1)
        let reader = try RawDatabase(files.path)
        try reader.execute("BEGIN")
        #expect(try reader.int("SELECT count(*) FROM filler") == 1)
        try await fill(1)
        let clock = ContinuousClock()
        var outcome: Checkpointer.Outcome?
        let elapsed = try clock.measure { outcome = try checkpointer.checkpoint() }
        #expect(outcome == .partial && elapsed < .seconds(2))
        try reader.execute("COMMIT")
        #expect(try checkpointer.checkpoint() == .restarted)
    }

    @Test func aWriterIsNotWaitedFor() async throws {
        let checkpointer = try #require(try Checkpointer(store))
        try await fill(1)
        let writer = try RawDatabase(files.path)
        try writer.execute("BEGIN IMMEDIATE")
        #expect(try checkpointer.checkpoint() == .partial)
        try writer.execute("COMMIT")
        #expect(try checkpointer.checkpoint() == .restarted)
    }

    @Test func aWriterHelpsItselfWhenNobodyCheckpoints() async throws {
        try await fill(60)
        #expect(store.walFileBytes < Checkpointer.walBytesEager + 4 * Self.mebibyte)
        #expect(SQLiteJobStore.size(of: files.path) > 40 * Self.mebibyte)
        // It gave the role back.
        #expect(try Checkpointer(store) != nil)
        #expect(try await store.report(isThorough: true).problems.isEmpty)
    }

    @Test func aWriterLeavesItToWhoHasTheRole() async throws {
        let checkpointer = try #require(try Checkpointer(try files.open()))
        try await fill(20)
        #expect(store.walFileBytes > 20 * Self.mebibyte)
        #expect(try checkpointer.checkpoint() == .restarted)
    }
}
