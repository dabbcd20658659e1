import GRDB
import Jobs
import Synchronization
import Testing

@testable import JobStore

/// The index of logs, which is filled after the logs are written.
@Suite(.timeLimit(.minutes(2)))
struct LogIndexTests {
    private let files: SQLiteFiles
    private let store: SQLiteJobStore
    private let test: StoreUnderTest
    private let raw: RawDatabase

    init() throws {
        let files = try SQLiteFiles()
        self.files = files
        let store = try files.open()
        self.store = store
        test = StoreUnderTest(
            store: store, clock: files.clock, another: { try files.open() },
            start: { try files.lockWorker($0) }, hide: { _ in })
        raw = try RawDatabase(files.path)
    }

    private func running(_ number: Int, _ texts: [String]) async throws -> JobRecord {
        let job = try await test.running(.build, number, update: "u\(number)")
        try await save(texts, job)
        return job
    }

    private func save(_ texts: [String], _ job: JobRecord) async throws {
        let logs = texts.enumerated().map { Samples.log($0.offset, $0.element) }
        try await store.save(logs, try test.lease(of: job))
    }

    @discardableResult
    private func finished(_ number: Int, _ texts: [String]) async throws -> JobRecord {
        try await test.apply(.concluded(.succeeded), to: try await running(number, texts))
    }

    private func index(_ store: SQLiteJobStore) async throws {
        while try await store.indexLogs() {}
    }

    private func found(_ text: String, in store: SQLiteJobStore? = nil) async throws -> [Int64] {
        let search = try #require(LogSearch(text))
        return try await (store ?? self.store).search(search).hits.map(\.job.row)
    }

    /// How many pieces the index names for a text.
    private func pieces(_ text: String) async throws -> Int {
        let expression = LogFinder.expression(text)
        return try await store.read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM log_index WHERE log_index MATCH ?",
                arguments: [expression]) ?? -1
        }
    }

    @Test func finishedLogsAreFoundBeforeAndAfterTheyAreIndexed() async throws {
        let job = try await finished(1, ["the needle", "other"])
        #expect(try await found("needle") == [job.row])
        #expect(try await pieces("needle") == 0)
        try await index(store)
        #expect(try await pieces("needle") == 1)
        #expect(try raw.int("SELECT count(*) FROM unindexed_job") == 0)
        #expect(try await found("needle") == [job.row])
        #expect(try await store.indexLogs() == false)
    }

    @Test func aLogThatGrowsIsIndexedWhenItsJobHasEnded() async throws {
        let job = try await running(1, ["beginning"])
        #expect(try await store.indexLogs() == false)
        try await save(["beginning, middle"], job)
        try await index(store)
        #expect(try await pieces("beginning") == 0)
        #expect(try await found("middle") == [job.row])
        try await test.apply(.concluded(.succeeded), to: job)
        try await index(store)
        #expect(try await pieces("beginning") == 1)
        #expect(try await found("middle") == [job.row])
    }

    @Test func aLogThatChangesAfterwardsIsIndexedAnew() async throws {
        let job = try await finished(1, ["before", "same"])
        try await index(store)
        try raw.execute("UPDATE log SET stdout = 'afterwards' WHERE position = 0")
        #expect(try await found("before").isEmpty)
        #expect(try await found("afterwards") == [job.row])
        try await index(store)
        #expect(try await pieces("before") == 0)
        #expect(try await pieces("afterwards") == 1)
        #expect(try raw.int("SELECT count(*) FROM stale_log") == 0)
        // The same text once more is nothing to do.
        try raw.execute("UPDATE log SET stdout = 'afterwards' WHERE position = 0")
        #expect(try await store.indexLogs() == false)
    }

    @Test func whatIsDeletedLeavesTheIndex() async throws {
        try await finished(1, ["needle"])
        let other = try await finished(2, ["needle"])
        try await index(store)
        try raw.execute("DELETE FROM log WHERE job_id = 1")
        #expect(try await found("needle") == [other.row])
        try await index(store)
        #expect(try await pieces("needle") == 1)
        #expect(try raw.int("SELECT count(*) FROM stale_log") == 0)
    }

    @Test func everyLogThatChangesLeavesTheIndex() async throws {
        let job = try await finished(1, ["first before", "second before", "same"])
        try await index(store)
        try raw.execute("UPDATE log SET stdout = 'one now' WHERE position = 0")
        try raw.execute("UPDATE log SET stdout = 'two now' WHERE position = 1")
        try await index(store)
        for gone in ["first", "second", "before"] { #expect(try await pieces(gone) == 0) }
        for there in ["one now", "two now", "same"] {
            #expect(try await found(there) == [job.row])
            #expect(try await pieces(there) == 1)
        }
    }

    @Test func aJobThatIsPrunedBeforeItIsIndexedAnewLeavesTheIndex() async throws {
        try await finished(1, ["before", "same"])
        try await index(store)
        try raw.execute("UPDATE log SET stdout = 'afterwards' WHERE position = 0")
        files.clock.advance(.seconds(86_400))
        let rule = PruneRule(jobsEndedBefore: files.clock.now)
        #expect(try await store.prune(rule, from: nil).removed.jobs == 1)
        try await index(store)
        for gone in ["before", "same", "afterwards"] { #expect(try await pieces(gone) == 0) }
        for table in ["stale_log", "unindexed_job"] {
            #expect(try raw.int("SELECT count(*) FROM \(table)") == 0)
        }
    }

    @Test func aLogThatChangesWhileItIsIndexedLeavesASoundIndex() async throws {
        let line = "0123456789 abcdefghij klmnopqrst\n"
        let job = try await finished(1, [String(repeating: line, count: 6_000)])
        let slow = try slowStore()
        for _ in 0..<3 { #expect(try await slow.indexLogs()) }
        #expect(try raw.int("SELECT pieces FROM unindexed_job") ?? 0 > 0)
        try raw.execute("UPDATE log SET stdout = 'short now'")
        try await index(slow)
        #expect(try await pieces("abcdefghij") == 0)
        #expect(try await found("short now") == [job.row])
        #expect(try await pieces("short now") == 1)
    }

    @Test(
        arguments: [
            (pieces: 64, removed: 64, merges: 0, begins: true), (64, 63, 0, false),
            (65, 64, 0, false), (10, 63, 0, false), (64, 64, 899, true), (64, 64, 900, false),
        ])
    func everythingIsMergedOnceMoreIsGoneThanThereIsButNotForEver(
        pieces: Int, removed: Int, merges: Int, begins: Bool
    ) async throws {
        try await finished(1, ["needle"])
        try await index(store)
        // One piece more goes.
        try raw.execute(
            """
            UPDATE log_index_state
            SET pieces = \(pieces + 1), removed = \(removed - 1), merges = \(merges)
            """)
        files.clock.advance(.seconds(86_400))
        _ = try await store.prune(PruneRule(jobsEndedBefore: files.clock.now), from: nil)
        #expect(try raw.int("SELECT merging FROM log_index_state") == (begins ? 1 : 0))
        try await index(store)
        #expect(try raw.int("SELECT merging FROM log_index_state") == 0)
        #expect(try raw.int("SELECT merges FROM log_index_state") == merges + (begins ? 1 : 0))
        #expect(try raw.int("SELECT removed FROM log_index_state") == (begins ? 0 : removed))
    }

    /// A store whose steps are over as soon as they have begun.
    private func slowStore() throws -> SQLiteJobStore {
        // Each look at the clock finds it further than a step may last.
        let ticks = Mutex<Int64>(0)
        var clock = files.clock.storeClock()
        clock.sinceBoot = {
            ticks.withLock {
                $0 += LockShare.milliseconds
                return $0
            }
        }
        return try SQLiteJobStore.open(path: files.path, mode: .existing, clock: clock)
    }

    @Test func longLogsAreIndexedPieceByPieceInShortSteps() async throws {
        let line = "0123456789 abcdefghij klmnopqrst\n"
        let text = String(repeating: line, count: 6_000)
        let job = try await finished(1, [text + "needle one\n" + text + "needle two"])
        let slow = try slowStore()
        var steps = 0
        while try await slow.indexLogs() {
            steps += 1
            #expect(try await found("needle two") == [job.row])
            #expect(try await found("needle one") == [job.row])
            // Another process goes on where this one was cut off.
            if steps == 3 { #expect(try raw.int("SELECT pieces FROM unindexed_job") ?? 0 > 0) }
        }
        #expect(steps > 10)
        #expect(try await pieces("needle one") == 1)
        #expect(try await found("needle two") == [job.row])
        // And out again, in as many steps.
        try raw.execute("DELETE FROM log")
        var stepsBack = 0
        while try await slow.indexLogs() { stepsBack += 1 }
        #expect(stepsBack > 10)
        #expect(try await pieces("abcdefghij") == 0)
    }

    @Test func logsOfBeforeTheIndexAreFoundAndIndexedPartByPart() async throws {
        let files = try SQLiteFiles()
        let old = try DatabasePool(path: files.path)
        try Migrator.migrate(
            old, at: files.clock.now, migrations: Array(Migration.all.prefix(6)))
        try await old.write { db in
            for number in 1...300 {
                try db.execute(sql: Self.oldJob, arguments: ["token": Self.token(number)])
                try db.execute(
                    sql: """
                        INSERT INTO log VALUES (:job, 1, :position, 's', 'c', :text, '', 1, 0, 1,
                            NULL, NULL)
                        """,
                    arguments: [
                        "job": number, "position": number % 3, "text": "needle-\(number)-",
                    ])
            }
        }
        try old.close()
        func expectAllFound(_ store: SQLiteJobStore) async throws {
            for number in [1, 150, 299, 300] {
                #expect(try await found("needle-\(number)-", in: store) == [Int64(number)])
            }
            let search = try #require(LogSearch("needle", in: JobQuery(limit: 1_000)))
            #expect(
                try await store.search(search).hits.map(\.job.row)
                    == (1...300).reversed().map(Int64.init))
        }
        let first = try files.open()
        try await expectAllFound(first)
        _ = try await first.indexLogs()
        try await expectAllFound(first)
        try first.close()
        let next = try files.open()
        while try await next.indexLogs() { try await expectAllFound(next) }
        try await expectAllFound(next)
        let raw = try RawDatabase(files.path)
        #expect(try raw.int("SELECT below FROM log_index_state") == 0)
        #expect(try raw.int("SELECT count(*) FROM unindexed_job") == 0)
        #expect(
            try raw.int("SELECT count(*) FROM log_index WHERE log_index MATCH '\"nee\"'") == 300)
    }

    private static func token(_ number: Int) -> String {
        String(repeating: "0", count: 26 - "\(number)".count) + "\(number)"
    }

    private static let oldJob = """
        INSERT INTO job (token, operation, status, phase, instance, key_fingerprint, principal,
            client_name, client_version, target_type, target_name, identity, created_at, run_at,
            start_within, expires_at, finished_at)
        VALUES (:token, 'deploy', 'failed', 'expired', 'https://k', 'key', 'ann', 'c', '1',
            'Deployment', 'web', x'00', 1, 1, 1, 2, 3)
        """

    @Test func aSearchStopsWhenItHasLookedAtTooMuchAndGoesOn() async throws {
        try await finished(1, ["needle"])
        let number = SQLiteJobStore.searchJobsMax + 2 * LogFinder.roundMax
        // Logs whose pieces hold all groups of three letters, but not the text.
        try raw.execute(
            """
            WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= \(number + 1))
            INSERT INTO job (token, operation, status, phase, instance, key_fingerprint, principal,
                client_name, client_version, target_type, target_name, identity, created_at, run_at,
                start_within, expires_at, finished_at)
            SELECT printf('%026d', i), 'deploy', 'failed', 'expired', 'https://k', 'key', 'ann',
                'c', '1', 'Deployment', 'web', x'00', 1, 1, 1, 2, 3 FROM n;
            WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= \(number + 1))
            INSERT INTO log SELECT i, 1, 0, 's', '', 'needl eedle', '', 1, 0, 1, NULL, NULL FROM n
            """)
        let page = try await store.search(try #require(LogSearch("needle")))
        #expect(page.hits.isEmpty && page.isCutShort && !page.isIndexed)
        #expect(page.reachedAt != nil)
        let rest = try await store.search(try #require(LogSearch("needle", before: page.next)))
        #expect(rest.hits.map(\.job.row) == [1] && rest.next == nil)
    }

    // Pieces.

    @Test func everyShortTextLiesWithinOnePiece() {
        for text in [
            String(repeating: "a line of text\n", count: 9_000),
            String((0..<90_000).map { Character(Unicode.Scalar(UInt8(97 + $0 % 26))) }),
            String(repeating: "ä€🙂", count: 15_000), "", "x", "\n\n\n",
        ] {
            let pieces = LogPieces(["run", text, "end"])
            let all = (0..<pieces.count).map { pieces[$0] }
            #expect(all.first?.hasPrefix("run\n") == true && all.last?.hasSuffix("\nend") == true)
            #expect(all.allSatisfy { $0.utf8.count <= 32 << 10 && !$0.contains("\u{FFFD}") })
            for (one, next) in zip(all, all.dropFirst()) where !one.hasSuffix("\n") {
                // Of a line that is cut, both pieces have what a text may need.
                let shared = one.unicodeScalars.suffix(LogSearch.bytesMax)
                #expect(next.contains(String(String.UnicodeScalarView(shared))))
            }
        }
    }
}
