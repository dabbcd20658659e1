import Foundation
import GRDB
import JSON
import Jobs
import Testing

@testable import JobStore

/// What is left in the files of secrets that were deleted.
@Suite(.timeLimit(.minutes(2)))
struct SecretTraceTests {
    private static let mark = "c4n4ry"
    private let files: SQLiteFiles
    private let store: SQLiteJobStore

    init() throws {
        files = try SQLiteFiles()
        store = try files.open()
    }

    /// The files that have a secret in them.
    private func places() -> [String] {
        ["", "-wal"].map { files.path + $0 }.filter { path in
            // A log that was cut may be gone.
            let bytes = try? Data(contentsOf: URL(filePath: path))
            return bytes?.range(of: Data(Self.mark.utf8)) != nil
        }
    }

    private func enqueue(_ number: Int) async throws -> JobRecord {
        let length = [20, 300, 2_000, 9_000][number % 4]
        let secret = Self.mark + String(repeating: Self.mark, count: length / 6)
        let request = EnqueueRequest(
            job: Samples.job(.deploy, number), secrets: ["args": .string(secret)])
        return try #require(try await store.enqueue([request]).first?.job)
    }

    @Test func nothingIsLeftWhenAJobWithSecretsHasEnded() async throws {
        let job = try await enqueue(3)
        #expect(!places().isEmpty)
        _ = try await store.cancel(job.row)
        #expect(places().isEmpty)
        #expect(!store.hasSecretTraces)
    }

    @Test func nothingIsLeftOfManyThatEndInAnyOrder() async throws {
        var jobs: [JobRecord] = []
        for number in 0..<60 { jobs.append(try await enqueue(number)) }
        for step in [7, 2, 1] {
            for (index, job) in jobs.enumerated() where index.isMultiple(of: step) {
                _ = try await store.cancel(job.row)
            }
        }
        #expect(places().isEmpty)
    }

    @Test func aReaderInTheWayLeavesItToTheNextCheckpoint() async throws {
        let job = try await enqueue(0)
        let reader = try RawDatabase(files.path)
        try reader.execute("BEGIN; SELECT count(*) FROM job")
        _ = try await store.cancel(job.row)
        #expect(store.hasSecretTraces)
        try reader.execute("COMMIT")
        #expect(try Checkpointer(store)?.checkpoint() == .restarted)
        #expect(places().isEmpty)
        #expect(!store.hasSecretTraces)
    }

    @Test func whoeverHasTheRoleIsLeftTheMark() async throws {
        let checkpointer = try #require(try Checkpointer(store))
        let job = try await enqueue(1)
        _ = try await store.cancel(job.row)
        #expect(store.hasSecretTraces)
        #expect(try checkpointer.checkpoint() == .restarted)
        #expect(places().isEmpty && !store.hasSecretTraces)
    }

    @Test func aCheckpointThatDiedIsMadeGoodByTheNext() async throws {
        let checkpointer = try #require(try Checkpointer(store))
        let job = try await enqueue(2)
        _ = try await store.cancel(job.row)
        #expect(SecretTraces(folder: try files.folder).take())
        #expect(store.hasSecretTraces && !places().isEmpty)
        #expect(try checkpointer.checkpoint() == .restarted)
        #expect(places().isEmpty && !store.hasSecretTraces)
    }

    @Test func deletedBytesBecomeZeros() async throws {
        let value = try await store.read { db in
            try Int.fetchOne(db, sql: "PRAGMA secure_delete")
        }
        #expect(value == 1)
    }
}
