import Foundation
import GRDB
import Jobs
import TestSupport
import Testing

@testable import JobStore

/// Files that are not opened, and stay as they were.
@Suite(.timeLimit(.minutes(2)))
struct RefusalTests {
    private let files: SQLiteFiles

    init() throws { files = try SQLiteFiles() }

    private func contents() throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: files.path))
    }

    /// Makes a sound database and changes it with plain SQL.
    private func alteredDatabase(_ sql: String) throws {
        try files.open().close()
        let raw = try RawDatabase(files.path)
        try raw.execute(sql)
        try raw.settleAndClose()
    }

    /// Expects both ways of opening to fail and to leave every byte as it is.
    private func expectRefusal(
        _ code: StoreError.Code, saying words: String,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try contents()
        for mode in [SQLiteJobStore.Mode.existing, .create(makingFolder: false)] {
            let error = #expect(throws: StoreError.self, sourceLocation: location) {
                _ = try SQLiteJobStore.open(path: files.path, mode: mode)
            }
            #expect(error?.code == code, "\(mode)", sourceLocation: location)
            #expect(
                error?.message.contains(words) == true, "\(error?.message ?? "")",
                sourceLocation: location)
        }
        #expect(try contents() == before, sourceLocation: location)
    }

    @Test func aNewerDatabaseIsLeftAlone() throws {
        try alteredDatabase("INSERT INTO schema_migration VALUES ('9999_add_wings', 'x', 1)")
        try expectRefusal(.newer, saying: "9999_add_wings")
    }

    @Test func aStepWithAnotherDigestIsLeftAlone() throws {
        try alteredDatabase("UPDATE schema_migration SET digest = 'f00'")
        try expectRefusal(.altered, saying: "0001_create_jobs")
    }

    @Test(arguments: ["DELETE", "WAL"])
    func anotherProgramsDatabaseIsLeftAlone(journal: String) throws {
        let raw = try RawDatabase(files.path)
        try raw.execute("PRAGMA journal_mode = \(journal)")
        try raw.execute("CREATE TABLE note (text TEXT)")
        try raw.settleAndClose()
        try expectRefusal(.corrupt, saying: "another program's database")
    }

    @Test func aForeignRollbackDatabaseGetsNoFilesBesideIt() throws {
        let raw = try RawDatabase(files.path)
        try raw.execute("CREATE TABLE note (text TEXT)")
        try raw.queue.close()
        try expectRefusal(.corrupt, saying: "another program's database")
        let names = try FileManager.default.contentsOfDirectory(atPath: files.directory.path)
        #expect(names == ["jobs.db"])
    }

    @Test(arguments: [
        "Hello, I am a text file.\n", "x", String(repeating: "0123456789abcdef", count: 1_000),
        "SQLite format 3\u{0}",
    ])
    func whatIsNoDatabaseIsLeftAlone(text: String) throws {
        try text.write(toFile: files.path, atomically: true, encoding: .utf8)
        try expectRefusal(.corrupt, saying: files.path)
    }

    @Test func aBackupInRollbackModeIsOpened() async throws {
        let store = try files.open()
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        let copy = files.directory.file("copy.db")
        try RawDatabase(files.path).execute("VACUUM INTO '\(copy)'")
        let restored = try SQLiteJobStore.open(path: copy, mode: .existing)
        #expect(try await restored.jobs(JobQuery()).jobs.count == 1)
        #expect(try await restored.writerSynchronous() == 2)
    }

    @Test func anEmptyFileBecomesADatabase() async throws {
        #expect(FileManager.default.createFile(atPath: files.path, contents: Data()))
        let store = try SQLiteJobStore.open(path: files.path, mode: .existing)
        #expect(try await store.jobs(JobQuery()).jobs.isEmpty)
    }

    @Test func damageInsideIsFoundByALook() async throws {
        let store = try files.open()
        _ = try await store.enqueue((0..<300).map { EnqueueRequest(job: Samples.job(.deploy, $0)) })
        try store.close()
        try RawDatabase(files.path).settleAndClose()
        let handle = try #require(FileHandle(forWritingAtPath: files.path))
        let size = Int(try handle.seekToEnd())
        for page in 10..<size / 4_096 {
            try handle.seek(toOffset: UInt64(page * 4_096))
            try handle.write(contentsOf: Data(repeating: 0xAA, count: 2_048))
        }
        try handle.close()
        do throws(StoreError) {
            let again = try SQLiteJobStore.open(path: files.path, mode: .existing)
            let problems = try await again.report(isThorough: true).problems
            #expect(!problems.isEmpty)
        } catch {
            #expect(error.code == .corrupt)
        }
    }

    // Places.

    @Test func aMissingFolderIsNotMade() throws {
        let path = files.directory.file("no/such/jobs.db")
        let error = #expect(throws: StoreError.self) {
            _ = try SQLiteJobStore.open(path: path, mode: .create(makingFolder: false))
        }
        #expect(error?.code == .missing && error?.message.contains("--db") == true)
        #expect(!FileManager.default.fileExists(atPath: files.directory.file("no")))
    }

    @Test func aMissingDatabaseIsNotMadeByWhoOnlyReads() throws {
        let error = #expect(throws: StoreError.self) {
            _ = try SQLiteJobStore.open(path: files.path, mode: .existing)
        }
        #expect(error?.code == .missing && error?.message.contains(files.path) == true)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: files.directory.path).isEmpty)
    }

    @Test func aFolderIsNoDatabase() throws {
        #expect(throws: StoreError.self) {
            _ = try SQLiteJobStore.open(
                path: files.directory.path, mode: .create(makingFolder: false))
        }
    }

    @Test func aFileThatMayNotBeWrittenIsLeftAlone() async throws {
        let store = try files.open()
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        try store.close()
        try RawDatabase(files.path).settleAndClose()
        try FileManager.default.removeItem(atPath: files.path + ".d")
        #expect(chmod(files.path, 0o444) == 0 && chmod(files.directory.path, 0o555) == 0)
        defer { chmod(files.directory.path, 0o755) }
        let before = try contents()
        for mode in [SQLiteJobStore.Mode.existing, .create(makingFolder: false)] {
            var code: StoreError.Code?
            var message = ""
            Unprivileged.run {
                do throws(StoreError) {
                    _ = try SQLiteJobStore.open(path: files.path, mode: mode)
                } catch {
                    code = error.code
                    message = error.message
                }
            }
            #expect(code == .readOnly || code == .notPermitted, "\(mode): \(message)")
            #expect(message.contains("permissions") || message.contains("writable"))
        }
        #expect(try contents() == before)
    }

    @Test func aFullDiskIsSaidToBeFullAndLosesNothing() async throws {
        let store = try files.open()
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        try await store.queue.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        let requests = (0..<500).map { EnqueueRequest(job: Samples.job(.deploy, $0)) }
        let error = await #expect(throws: StoreError.self) { try await store.enqueue(requests) }
        #expect(error?.code == .full && error?.message.contains("free some space") == true)
        #expect(try await store.jobs(JobQuery()).jobs.count == 1)
        try await store.queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA max_page_count = 1000000")
        }
        _ = try await store.enqueue(requests)
        #expect(try await store.jobs(JobQuery(limit: 1_000)).jobs.count == 501)
    }
}
