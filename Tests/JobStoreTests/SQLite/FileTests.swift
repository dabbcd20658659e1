import Foundation
import GRDB
import JSON
import Jobs
import TestSupport
import Testing

@testable import JobStore

/// The database file: its settings, its modes and where it is made.
@Suite(.timeLimit(.minutes(2)))
struct FileTests {
    private let files: SQLiteFiles

    init() throws { files = try SQLiteFiles() }

    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func everyCommitReachesTheDisk() async throws {
        let store = try files.open()
        #expect(try await store.writerSynchronous() == 2)
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        #expect(try await store.writerSynchronous() == 2)
    }

    /// What a power cut leaves of a file whose first transaction had begun to reach the disk.
    @Test(arguments: [[UInt8](repeating: 0, count: 4_096), Array("torn".utf8)])
    func aFileThatWasBeingMadeIsRolledBack(beginning: [UInt8]) async throws {
        let making = files.directory.file("making.db")
        let raw = try RawDatabase(making)
        try raw.execute(
            """
            PRAGMA cache_size = 1; BEGIN; CREATE TABLE filler (text);
            INSERT INTO filler WITH RECURSIVE number (i) AS
                (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 500)
            SELECT hex(randomblob(500)) FROM number
            """)
        for ending in ["", "-journal"] {
            try FileManager.default.copyItem(atPath: making + ending, toPath: files.path + ending)
        }
        let file = try #require(FileHandle(forWritingAtPath: files.path))
        try file.write(contentsOf: beginning)
        try file.close()
        let store = try files.open()
        let results = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        #expect(results.count == 1)
        withExtendedLifetime(raw) {}
    }

    @Test func noConnectionCheckpointsByItself() async throws {
        let store = try files.open()
        let sql = "PRAGMA wal_autocheckpoint"
        #expect(try await store.write { db in try Int.fetchOne(db, sql: sql) } == 0)
        #expect(try await store.read { db in try Int.fetchOne(db, sql: sql) } == 0)
        let limit = "PRAGMA journal_size_limit"
        #expect(
            try await store.write { db in try Int.fetchOne(db, sql: limit) }
                == Checkpointer.walBytesMax)
        #expect(
            try await store.read { db in try String.fetchOne(db, sql: "PRAGMA journal_mode") }
                == "wal")
    }

    @Test func closingLeavesTheLogInPlace() async throws {
        let store = try files.open()
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        let before = try Data(contentsOf: URL(fileURLWithPath: files.path))
        let walBytes = store.walFileBytes
        try store.close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: files.path)) == before)
        #expect(SQLiteJobStore.size(of: files.path + "-wal") == walBytes && walBytes > 0)
        let again = try files.open()
        #expect(try await again.jobs(JobQuery()).jobs.count == 1)
    }

    /// On a full disk this would fail, though nobody wants to write.
    @Test func lookingWritesNothingIntoAnEmptyLog() async throws {
        let store = try files.open()
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        try RawDatabase(files.path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
        #expect(store.walFileBytes == 0)
        for mode in [SQLiteJobStore.Mode.existing, .create(makingFolder: false)] {
            let other = try SQLiteJobStore.open(path: files.path, mode: mode)
            #expect(try await other.jobs(JobQuery()).jobs.count == 1)
            #expect(try await other.workers().isEmpty)
            #expect(other.walFileBytes == 0)
            #expect(try await other.writerSynchronous() == 2)
        }
    }

    @Test func othersMayNotReadAnything() async throws {
        let store = try files.open()
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        for suffix in ["", "-wal", "-shm"] {
            #expect(try Self.mode(files.path + suffix) == 0o600)
        }
        #expect(try Self.mode(files.path + ".d") == 0o700)
    }

    @Test func aGroupsFolderIsSharedWithTheGroup() async throws {
        #expect(chmod(files.directory.path, 0o2770) == 0)
        let store = try files.open()
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        for suffix in ["", "-wal", "-shm"] {
            #expect(try Self.mode(files.path + suffix) == 0o660)
        }
        #expect(try Self.mode(files.path + ".d") == 0o2770)
        let lock = try files.lockWorker("w1")
        #expect(try Self.mode(lock.path) == 0o660)
    }

    @Test func missingFoldersAreMadeForTheOwnerAlone() throws {
        let folder = files.directory.file("a/b/c")
        let store = try SQLiteJobStore.open(
            path: folder + "/jobs.db", mode: .create(makingFolder: true))
        for path in ["a", "a/b", "a/b/c"] {
            #expect(try Self.mode(files.directory.file(path)) == 0o700)
        }
        try store.close()
    }

    @Test func aRelativeFolderIsMadeWhereTheProcessStands() throws {
        let name = "komodo-relative-\(UUID().uuidString)"
        defer {
            for folder in [name, "/" + name] {
                // Only one of them is there.
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
        try DatabaseFile.prepare(path: name + "/jobs.db", mode: .create(makingFolder: true))
        #expect(FileManager.default.fileExists(atPath: name + "/jobs.db"))
        #expect(!FileManager.default.fileExists(atPath: "/" + name))
    }

    @Test func severalStoresShareOneFile() async throws {
        let stores = try (0..<3).map { _ in try files.open() }
        for (number, store) in stores.enumerated() {
            _ = try await store.enqueue([EnqueueRequest(job: Samples.job(.deploy, number))])
        }
        for store in stores { #expect(try await store.jobs(JobQuery()).jobs.count == 3) }
    }

    @Test func aSoundDatabaseHasNoProblems() async throws {
        let store = try files.open()
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        let report = try await store.report(isThorough: true)
        #expect(report.problems.isEmpty && report.jobs == 1 && report.unfinished == 1)
        #expect(report.schema == Migration.all.last?.name && report.path == files.path)
        #expect(report.sqliteVersion.hasPrefix("3.") && report.walBytes > 0)
    }

    @Test func inconsistenciesAreReported() async throws {
        let store = try files.open()
        let requests = (0..<3).map {
            EnqueueRequest(job: Samples.job(.deploy, $0), secrets: ["args": "x"])
        }
        let jobs = try await store.enqueue(requests).compactMap(\.job)
        let raw = try RawDatabase(files.path)
        try raw.execute(
            """
            UPDATE job SET status = 'cancelled', phase = 'plan', finished_at = 1
            WHERE id = \(jobs[0].row)
            """)
        try raw.execute("DROP TRIGGER event_is_kept")
        try raw.execute("DELETE FROM event WHERE job_id = \(jobs[1].row)")
        let problems = try await store.report(isThorough: false).problems
        #expect(
            problems == [
                "job \(jobs[0].id.token) is not in the state of its last event",
                "job \(jobs[1].id.token) has no event",
                "secret arguments of the finished job \(jobs[0].id.token) are still stored",
            ])
    }

    // After a reboot.

    @Test func theBudgetStartsEmptyAfterAReboot() async throws {
        let limits = TokenBucket.Limits()
        let before = try files.open(bootID: "boot-1")
        #expect(
            try await before.take(.read, instance: Samples.instance, limits: limits) == .granted)
        let after = try files.open(bootID: "boot-2")
        #expect(
            try await after.take(.read, instance: Samples.instance, limits: limits) != .granted)
        let report = try #require(try await after.budgets(limits).first)
        #expect(report.bucket.total == 0 && report.spent[.read] == 1)
        files.clock.advance(.seconds(60))
        #expect(
            try await after.take(.read, instance: Samples.instance, limits: limits) == .granted)
    }

    @Test func aWorkerFromBeforeTheRebootIsSilent() async throws {
        let before = try files.open(bootID: "boot-1")
        try await before.register(Samples.worker())
        let after = try files.open(bootID: "boot-2")
        let liveness = try #require(try await after.workers().first?.liveness)
        #expect(!liveness.isAlive && liveness.silence > .seconds(86_400))
    }
}
