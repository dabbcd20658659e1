import Foundation
import GRDB
import JSON
import Jobs
import TestSupport
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

    /// Whether the log starts anew, once whoever wrote last has ended its own try.
    private func restarts(_ store: SQLiteJobStore) async throws -> Bool {
        try await eventually { try store.checkpointer.checkpoint() == .restarted }
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
        #expect(try await restarts(store))
        #expect(places().isEmpty)
        #expect(!store.hasSecretTraces)
    }

    @Test func theNextCheckpointIsLeftTheMark() async throws {
        var lock: FileLock? = try files.lockCheckpoints()
        let job = try await enqueue(1)
        _ = try await store.cancel(job.row)
        #expect(store.hasSecretTraces)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(try await restarts(files.open()))
        #expect(places().isEmpty && !store.hasSecretTraces)
    }

    @Test func aCheckpointThatDiedIsMadeGoodByTheNext() async throws {
        var lock: FileLock? = try files.lockCheckpoints()
        let job = try await enqueue(2)
        _ = try await store.cancel(job.row)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(SecretTraces(folder: try files.folder).take())
        #expect(store.hasSecretTraces && !places().isEmpty)
        #expect(try await restarts(store))
        #expect(places().isEmpty && !store.hasSecretTraces)
    }

    @Test func theLogOfOthersIsCutToo() async throws {
        let other = try files.open()
        let job = try await enqueue(3)
        // So that the log is long when the secret is deleted.
        for number in 100..<200 {
            _ = try await other.enqueue([.init(job: Samples.job(.deploy, number))])
        }
        _ = try await other.cancel(job.row)
        #expect(places().isEmpty && !store.hasSecretTraces)
        #expect(store.walFileBytes < 8_192)
    }

    @Test func whereNoMarkCanBeLeftTheProcessItselfKnows() async throws {
        let job = try await enqueue(1)
        var lock: FileLock? = try files.lockCheckpoints()
        // A folder in the place of the mark: no file can be made there.
        #expect(mkdir(try files.folder.erasureMark, 0o700) == 0)
        _ = try await store.cancel(job.row)
        #expect(rmdir(try files.folder.erasureMark) == 0)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(store.hasSecretTraces && !places().isEmpty)
        #expect(try await restarts(store))
        #expect(places().isEmpty && !store.hasSecretTraces)
    }

    @Test func deletedBytesBecomeZeros() async throws {
        let value = try await store.read { db in
            try Int.fetchOne(db, sql: "PRAGMA secure_delete")
        }
        #expect(value == 1)
    }
}
