import Foundation
import GRDB
import Jobs
import Subprocess
import Testing

@testable import JobStore

@Suite(.timeLimit(.minutes(2)))
struct MigrationTests {
    /// The folder `migrations` of the package.
    private static var folder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("migrations")
    }

    @Test func theListIsTheFolder() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".sql") }.sorted()
        #expect(names == Migration.all.map { $0.name + ".sql" })
        for migration in Migration.all {
            let file = Self.folder.appendingPathComponent(migration.name + ".sql")
            #expect(try String(contentsOf: file, encoding: .utf8) == migration.sql)
        }
    }

    @Test func namesAreNumberedWithoutGaps() {
        for (number, migration) in Migration.all.enumerated() {
            let digits = String(number + 1)
            let prefix = String(repeating: "0", count: 4 - digits.count) + digits + "_"
            #expect(migration.name.hasPrefix(prefix))
        }
    }

    @Test func digestsAreThoseOfTheFiles() async throws {
        for migration in Migration.all {
            let file = Self.folder.appendingPathComponent(migration.name + ".sql").path
            let result = try await run(
                .name("sha256sum"), arguments: [file], output: .string(limit: 1_000))
            #expect(result.standardOutput.hasPrefix(migration.digest + " "))
        }
    }

    @Test func appliedStepsAreRememberedWithTheirDigests() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        let applied = try await store.read { db in
            try Migrator.applied(db).map { "\($0.name) \($0.digest)" }
        }
        #expect(applied == Migration.all.map { "\($0.name) \($0.digest)" })
        let raw = try RawDatabase(files.path)
        #expect(try raw.int("PRAGMA application_id") == Int(Migrator.applicationID))
        #expect(
            try raw.int("SELECT min(applied_at) FROM schema_migration")
                == Int(files.clock.now.milliseconds))
        // Opening again applies nothing.
        files.clock.advance(.seconds(9))
        _ = try files.open()
        #expect(
            try raw.int("SELECT max(applied_at) FROM schema_migration")
                != Int(files.clock.now.milliseconds))
    }

    @Test func eachOlderSchemaIsBroughtUpToDateWithItsJobs() async throws {
        for known in 1..<Migration.all.count {
            let files = try SQLiteFiles()
            do {
                let pool = try DatabasePool(path: files.path)
                try Migrator.migrate(
                    pool, at: files.clock.now, migrations: Array(Migration.all.prefix(known)))
                try await pool.write { db in
                    try db.execute(sql: Self.oldJob)
                }
                try pool.close()
            }
            let store = try files.open()
            #expect(try await store.jobs(JobQuery()).jobs.map(\.target.name) == ["web"])
            let applied = try await store.read { db in try Migrator.applied(db).map(\.name) }
            #expect(applied == Migration.all.map(\.name))
            try await store.register(Samples.worker())
            #expect(try await store.workers().map(\.worker.isDraining) == [false])
        }
    }

    private static let oldJob = """
        INSERT INTO job (token, operation, status, phase, instance, key_fingerprint, principal,
            client_name, client_version, target_type, target_name, identity, created_at, run_at,
            start_within, expires_at)
        VALUES ('00000000000000000000000000', 'deploy', 'pending', 'queued', 'https://k', 'key',
            'ann', 'c', '1', 'Deployment', 'web', x'00', 1, 1, 1, 2)
        """

    @Test func manyOpenersMakeOneDatabase() async throws {
        let files = try SQLiteFiles()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let store = try files.open()
                    _ = try await store.enqueue([EnqueueRequest(job: Samples.job(.deploy, number))])
                }
            }
            try await group.waitForAll()
        }
        let store = try files.open()
        #expect(try await store.jobs(JobQuery()).jobs.count == 8)
    }

    @Test func tablesAreStrict() throws {
        let files = try SQLiteFiles()
        _ = try files.open()
        let raw = try RawDatabase(files.path)
        let loose = try raw.string(
            """
            SELECT group_concat(name) FROM pragma_table_list
            WHERE strict = 0 AND schema = 'main' AND name NOT LIKE 'sqlite_%'
                AND type NOT IN ('virtual', 'shadow')
            """)
        #expect(loose == nil)
    }
}
