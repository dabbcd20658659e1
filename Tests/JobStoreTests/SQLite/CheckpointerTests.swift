import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import JobStore

/// Moving the log back into the file, by one at a time.
@Suite(.timeLimit(.minutes(2)))
struct CheckpointerTests {
    private static let mebibyte = 1 << 20
    private let files: SQLiteFiles
    private let store: SQLiteJobStore
    private var checkpointer: Checkpointer { store.checkpointer }

    init() throws {
        files = try SQLiteFiles()
        store = try files.open()
        try RawDatabase(files.path).execute("CREATE TABLE filler (bytes BLOB)")
    }

    /// Writes so many commits of a mebibyte.
    private func fill(_ count: Int, _ other: SQLiteJobStore? = nil) async throws {
        for _ in 0..<count {
            try await (other ?? store).write(rings: false) { db in
                try db.execute(
                    sql: "INSERT INTO filler VALUES (zeroblob(?))", arguments: [Self.mebibyte])
            }
        }
    }

    private func rows() async throws -> Int? {
        try await store.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM filler") }
    }

    private func contents() throws -> Data { try Data(contentsOf: URL(filePath: files.path)) }

    @Test func oneIsAtItAtATime() async throws {
        try await fill(1)
        let lock = try files.lockCheckpoints()
        #expect(try checkpointer.checkpoint() == .heldByAnother)
        #expect(try files.open().checkpointer.checkpoint() == .heldByAnother)
        withExtendedLifetime(lock) {}
    }

    @Test func theRoleIsGivenBack() async throws {
        let other = try files.open()
        for store in [store, other, store] {
            #expect(try store.checkpointer.checkpoint() == .restarted)
        }
        withExtendedLifetime(try files.lockCheckpoints()) {}
    }

    @Test func aCheckpointMovesEverythingAndTheLogStartsAnew() async throws {
        try await fill(4)
        let grown = store.walFileBytes
        #expect(grown > 4 * Self.mebibyte && store.walBytesInUse > 4 * Self.mebibyte)
        #expect(try checkpointer.checkpoint() == .restarted)
        #expect(store.walBytesInUse < Self.mebibyte)
        // The file keeps its size and is written again from its beginning.
        for _ in 0..<5 {
            try await fill(2)
            #expect(try checkpointer.checkpoint() == .restarted)
        }
        #expect(store.walFileBytes == grown)
        #expect(SQLiteJobStore.size(of: files.path) > 13 * Self.mebibyte)
        #expect(try await rows() == 14)
    }

    @Test func theLogInUseIsWhatAllHaveWritten() async throws {
        let other = try files.open()
        try await fill(3)
        try await fill(3, other)
        #expect(store.walBytesInUse > 6 * Self.mebibyte)
        #expect(store.walBytesInUse == other.walBytesInUse)
        #expect(store.walBytesInUse == store.walFileBytes)
        #expect(try other.checkpointer.checkpoint() == .restarted)
        try await fill(1, other)
        let inUse = store.walBytesInUse
        #expect(Self.mebibyte < inUse && inUse < 2 * Self.mebibyte)
    }

    @Test func aLogThatGrewTooLargeIsCut() async throws {
        var lock: FileLock? = try files.lockCheckpoints()
        try await fill(50)
        #expect(store.walFileBytes > Checkpointer.walBytesMax)
        withExtendedLifetime(lock) {}
        lock = nil
        // The writer helps itself after a commit, and may be at it.
        #expect(try await eventually { try checkpointer.checkpoint() == .restarted })
        #expect(store.walFileBytes == Checkpointer.walBytesMax)
        try await fill(1)
        #expect(try checkpointer.checkpoint() == .restarted)
        #expect(try await rows() == 51)
    }

    @Test func aReaderIsNotWaitedForLong() async throws {
        try await fill(1)
        let reader = try RawDatabase(files.path)
        try reader.execute("BEGIN")
        #expect(try reader.int("SELECT count(*) FROM filler") == 1)
        try await fill(1)
        let clock = ContinuousClock()
        var outcome: Checkpointer.Outcome?
        let elapsed = try clock.measure { outcome = try checkpointer.checkpoint() }
        #expect(outcome == .partial(.reader) && elapsed < .seconds(2))
        #expect(try reader.int("SELECT count(*) FROM filler") == 1)
        try reader.execute("COMMIT")
        #expect(try checkpointer.checkpoint() == .restarted)
    }

    @Test func aReaderOfTheNewestStateKeepsTheLogToo() async throws {
        try await fill(1)
        let reader = try RawDatabase(files.path)
        try reader.execute("BEGIN")
        #expect(try reader.int("SELECT count(*) FROM filler") == 1)
        #expect(try checkpointer.checkpoint() == .partial(.reader))
        try await fill(1)
        #expect(try reader.int("SELECT count(*) FROM filler") == 1)
        try reader.execute("COMMIT")
        #expect(try checkpointer.checkpoint() == .restarted)
        #expect(try await rows() == 2)
    }

    @Test func nothingIsMovedWhileAnotherHasTheWriteLock() async throws {
        try await fill(1)
        let before = try contents()
        let writer = try RawDatabase(files.path)
        try writer.execute("BEGIN IMMEDIATE")
        let clock = ContinuousClock()
        var outcome: Checkpointer.Outcome?
        let elapsed = try clock.measure { outcome = try checkpointer.checkpoint() }
        #expect(outcome == .partial(.writer) && elapsed < .seconds(10))
        #expect(try contents() == before)
        try writer.execute("COMMIT")
        #expect(try checkpointer.checkpoint() == .restarted)
        #expect(try contents() != before)
    }

    @Test func commitsBesideCheckpointsStay() async throws {
        try await fill(1)
        let state = Mutex((commits: 0, isOver: false, failure: nil as (any Error)?))
        let raw = try RawDatabase(files.path)
        // A thread of its own, for it never waits.
        let writer = Thread {
            while !state.withLock({ $0.isOver }) {
                do {
                    try raw.execute("INSERT INTO filler VALUES (zeroblob(10))")
                    state.withLock { $0.commits += 1 }
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    continue
                } catch {
                    state.withLock { $0.failure = error }
                    return
                }
            }
        }
        writer.start()
        var checkpoints = 0
        while checkpoints < 50 || state.withLock({ $0.commits < 50 && $0.failure == nil }) {
            _ = try checkpointer.checkpoint()
            checkpoints += 1
        }
        state.withLock { $0.isOver = true }
        #expect(try await eventually(within: .seconds(30)) { writer.isFinished })
        let (commits, _, failure) = state.withLock { $0 }
        #expect(failure == nil)
        #expect(try await rows() == 1 + commits)
        #expect(try await store.report(isThorough: true).problems.isEmpty)
    }

    @Test func aWriterHelpsItselfWhenNobodyCheckpoints() async throws {
        try await fill(60)
        #expect(store.walFileBytes < Checkpointer.walBytesEager + 4 * Self.mebibyte)
        #expect(SQLiteJobStore.size(of: files.path) > 40 * Self.mebibyte)
        #expect(try await store.report(isThorough: true).problems.isEmpty)
    }

    @Test func stepsKeepTheLogShorterThanOtherCommits() async throws {
        var most = 0
        for _ in 0..<12 {
            try await store.step { db in
                try db.execute(
                    sql: "INSERT INTO filler VALUES (zeroblob(?))",
                    arguments: [Self.mebibyte / 4])
            }
            // It comes after whatever the step before has left to do.
            try await store.write(rings: false) { _ in }
            most = max(most, store.walBytesInUse)
        }
        #expect(most < Checkpointer.walBytesStep + Self.mebibyte)
        try await fill(3)
        try await store.write(rings: false) { _ in }
        #expect(store.walBytesInUse > 3 * Self.mebibyte)
    }

    @Test func aWriterLeavesItToWhoeverIsAtIt() async throws {
        let lock = try files.lockCheckpoints()
        try await fill(20)
        #expect(store.walBytesInUse > 20 * Self.mebibyte)
        withExtendedLifetime(lock) {}
    }

    @Test func aWriterThatFailedHelpsItselfAgainOnceTheLogHasStartedAnew() async throws {
        let reader = try RawDatabase(files.path)
        try reader.execute("BEGIN")
        #expect(try reader.int("SELECT count(*) FROM filler") == 0)
        try await fill(40)
        #expect(store.walBytesInUse > 40 * Self.mebibyte)
        try reader.execute("COMMIT")
        // The store may still be at its own try after the last commit.
        let other = try files.open()
        while try other.checkpointer.checkpoint() != .restarted { await Task.yield() }
        var most = 0
        for _ in 0..<30 {
            try await fill(1)
            most = max(most, store.walBytesInUse)
        }
        #expect(most < Checkpointer.walBytesEager + 4 * Self.mebibyte)
    }

    @Test func longerLogsPutCommitsOffForLongerUpToALimit() {
        let free = Checkpointer.walBytesMax
        let delays = [0, free, free + 4 * Self.mebibyte, free + 8 * Self.mebibyte, 1 << 40]
            .map(LogBackpressure.delay(walBytes:))
        #expect(
            delays == [.zero, .zero, .milliseconds(100), .milliseconds(200), .milliseconds(500)])
    }

    @Test func commitsArePutOffWhileTheLogIsTooLong() async throws {
        let lock = try files.lockCheckpoints()
        try await fill(52)
        let delay = LogBackpressure.delay(walBytes: store.walBytesInUse)
        let elapsed = try await ContinuousClock().measure { try await fill(2) }
        #expect(elapsed > delay && delay > .zero)
        withExtendedLifetime(lock) {}
    }

    @Test func commitsAreNotPutOffOnceTheLogHasStartedAnew() async throws {
        try await fill(1)
        let backpressure = LogBackpressure(WriteAheadFile(database: files.path))
        let elapsed = ContinuousClock().measure {
            for _ in 0..<20 { backpressure.holdUp(after: 1 << 40) }
        }
        #expect(elapsed < LogBackpressure.delay(walBytes: 1 << 40) * 20)
    }

    @Test func aDatabaseThatIsGoneIsNotMadeAnew() throws {
        let other = try files.open()
        try FileManager.default.removeItem(atPath: files.path)
        #expect {
            try other.checkpointer.checkpoint()
        } throws: { error in
            (error as? StoreError)?.code == .missing
        }
        #expect(!FileManager.default.fileExists(atPath: files.path))
    }
}
