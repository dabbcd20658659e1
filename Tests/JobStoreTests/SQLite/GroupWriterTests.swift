import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import JobStore

/// Many writers, one commit.
@Suite(.timeLimit(.minutes(2)))
struct GroupWriterTests {
    private struct Refusal: Error, Equatable { let number: Int }

    private let files: SQLiteFiles
    private let store: SQLiteJobStore
    private let writer: GroupWriter
    private let commits = Counter()

    private final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock(\.self) }
        func add() { value.withLock { $0 += 1 } }
    }

    init() throws {
        files = try SQLiteFiles()
        store = try files.open()
        writer = GroupWriter(pool: store.queue) { [commits] _ in commits.add() }
        try RawDatabase(files.path).execute("CREATE TABLE note (number INTEGER PRIMARY KEY)")
    }

    private static func insert(_ number: Int, _ db: Database) throws {
        try db.execute(sql: "INSERT INTO note VALUES (?)", arguments: [number])
    }

    private func numbers() async throws -> [Int] {
        try await store.read { db in
            try Int.fetchAll(db, sql: "SELECT number FROM note ORDER BY number")
        }
    }

    /// Starts the writes while another process has the database locked, and lets them go together.
    private func together<Value: Sendable>(
        _ bodies: [@Sendable (Database) throws -> Value],
        meanwhile: @escaping @Sendable ([Task<Value, any Error>]) async throws -> Void = { _ in }
    ) async throws -> [Result<Value, any Error>] {
        let other = try RawDatabase(files.path)
        try other.execute("BEGIN IMMEDIATE")
        let started = Counter()
        let tasks = bodies.map { body in
            Task { [writer] in
                started.add()
                return try await writer.write(rings: false, body)
            }
        }
        #expect(try await eventually { started.count == tasks.count })
        try await meanwhile(tasks)
        try other.execute("COMMIT")
        var results: [Result<Value, any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }

    @Test func aReadOfACancelledCallerIsInterruptedAndNotFailed() async throws {
        let reading = Task { [store] in
            while !Task.isCancelled { await Task.yield() }
            return await storeError { try await store.jobs(JobQuery()) }
        }
        reading.cancel()
        #expect(await reading.value == .interrupted)
    }

    @Test func waitingWritesShareACommit() async throws {
        let results = try await together(
            (0..<100).map { number in { db in try Self.insert(number, db) } })
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        #expect(try await numbers() == Array(0..<100))
        // One alone, and what gathered behind it; a straggler may come late.
        #expect(commits.count <= 20, "\(commits.count) commits")
    }

    @Test func aFailingWriteUndoesOnlyItself() async throws {
        let bodies: [@Sendable (Database) throws -> Int] = (0..<30).map { number in
            { db in
                try Self.insert(number, db)
                if number % 3 == 0 { throw Refusal(number: number) }
                if number % 5 == 0 { try Self.insert(number, db) }
                return number
            }
        }
        let results = try await together(bodies)
        for (number, result) in results.enumerated() {
            switch result {
            case .success(let value):
                #expect(value == number && number % 3 != 0 && number % 5 != 0)
            case .failure(let error as Refusal):
                #expect(error.number == number && number % 3 == 0)
            case .failure(let error):
                #expect((error as? DatabaseError)?.resultCode == .SQLITE_CONSTRAINT)
                #expect(number % 3 != 0 && number % 5 == 0)
            }
        }
        #expect(try await numbers() == (0..<30).filter { $0 % 3 != 0 && $0 % 5 != 0 })
    }

    @Test func theWriteOfACancelledTaskIsCommitted() async throws {
        let results = try await together(
            (0..<10).map { number in { db in try Self.insert(number, db) } },
            meanwhile: { tasks in for task in tasks { task.cancel() } })
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        #expect(try await numbers() == Array(0..<10))
    }

    @Test func aTaskThatIsCancelledBeforehandWritesToo() async throws {
        let task = Task { [writer] in
            withUnsafeCurrentTask { $0?.cancel() }
            #expect(Task.isCancelled)
            try await writer.write(rings: false) { db in try Self.insert(1, db) }
        }
        try await task.value
        #expect(try await numbers() == [1])
    }

    @Test func aFailingCommitFailsTheWholeGroup() async throws {
        let bodies: [@Sendable (Database) throws -> Void] = (0..<20).map { number in
            { db in
                try Self.insert(number, db)
                guard number == 10 else { return }
                // Found only when the transaction is committed.
                try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
                try db.execute(
                    sql: """
                        INSERT INTO event (job_id, at, reason, status, attempt)
                        VALUES (999, 1, 'x', 'pending', 0)
                        """)
            }
        }
        let results = try await together(bodies)
        let stored = try await numbers()
        for (number, result) in results.enumerated() {
            // Who was told of success is stored, and nobody else.
            #expect(stored.contains(number) == ((try? result.get()) != nil), "\(number)")
        }
        #expect(!stored.contains(10) && stored.count < 20)
        try await writer.write(rings: false) { db in try Self.insert(50, db) }
        #expect(try await numbers().last == 50)
    }

    @Test func aLockThatStaysIsSaidToBeBusy() async throws {
        let other = try RawDatabase(files.path)
        try other.execute("BEGIN IMMEDIATE")
        defer {
            // The connection goes away with the test anyway.
            try? other.execute("ROLLBACK")
        }
        let error = await #expect(throws: StoreError.self) {
            try await store.enqueue([EnqueueRequest(job: Samples.job())])
        }
        #expect(error?.code == .busy)
        let message = error?.message ?? ""
        #expect(
            message.hasSuffix("by this program itself (process \(getpid())); try again."),
            "\(message)")
    }

    @Test func writesBeyondTheBacklogAreRefusedAsBusy() async throws {
        let writer = GroupWriter(pool: store.queue, backlogMax: 3) { _ in }
        let other = try RawDatabase(files.path)
        try other.execute("BEGIN IMMEDIATE")
        // The first one leaves the backlog and waits for the lock.
        let first = Task { try await writer.write(rings: false) { try Self.insert(0, $0) } }
        #expect(try await eventually { writer.waitingCount == 0 && writer.isWriting })
        let waiting = (1...3).map { number in
            Task { try await writer.write(rings: false) { try Self.insert(number, $0) } }
        }
        #expect(try await eventually { writer.waitingCount == 3 })
        let refusal = await #expect(throws: StoreError.self) {
            try await writer.write(rings: false) { try Self.insert(9, $0) }
        }
        #expect(refusal?.code == .busy && refusal?.remedy == .wait)
        #expect(refusal?.message.hasPrefix("3 writes wait") == true)
        try other.execute("COMMIT")
        for task in [first] + waiting { try await task.value }
        #expect(try await numbers() == [0, 1, 2, 3])
        try await writer.write(rings: false) { try Self.insert(9, $0) }
        #expect(try await numbers().last == 9)
    }

    @Test func answersComeInAnyNumberAndOrder() async throws {
        try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for number in 0..<600 {
                group.addTask { [writer] in
                    (
                        number,
                        try await writer.write(rings: false) { db in
                            try Self.insert(number, db)
                            return number
                        }
                    )
                }
            }
            for try await (sent, answered) in group { #expect(sent == answered) }
        }
        #expect(try await numbers().count == 600)
        #expect(commits.count >= 600 / GroupWriter.groupMax)
    }
}
