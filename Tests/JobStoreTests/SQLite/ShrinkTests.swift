import GRDB
import Jobs
import Synchronization
import Testing

@testable import JobStore

/// Room that old jobs leave, in the file and in time.
@Suite(.timeLimit(.minutes(2)))
struct ShrinkTests {
    private let files: SQLiteFiles

    init() throws { files = try SQLiteFiles() }

    private func fill(_ store: SQLiteJobStore, _ count: Int) async throws {
        let text = String(repeating: "a line of a log\n", count: 1_000)
        for number in 0..<count {
            let request = EnqueueRequest(job: Samples.job(.deploy, number))
            let job = try #require(try await store.enqueue([request]).first?.job)
            _ = try await store.cancel(job.row)
            try await store.write { db in
                try db.execute(
                    sql: "INSERT INTO log VALUES (?, 1, 0, 's', '', ?, '', 1, 0, 1, NULL, NULL)",
                    arguments: [job.row, text])
            }
        }
    }

    private func prune(_ store: SQLiteJobStore) async throws {
        let rule = PruneRule(jobsEndedBefore: files.clock.now + .seconds(1))
        var place: PrunePlace?
        repeat { place = try await store.prune(rule, from: place).next } while place != nil
    }

    private func checkpoint(_ store: SQLiteJobStore) async throws {
        // It comes after the checkpoint that the last step may have left to do.
        try await store.write(rings: false) { _ in }
        #expect(try store.checkpointer.checkpoint() == .restarted)
    }

    private var fileBytes: Int { SQLiteJobStore.size(of: files.path) }

    @Test func theFileOfANewDatabaseShrinksAfterPruning() async throws {
        let store = try files.open()
        try await fill(store, 60)
        try await checkpoint(store)
        let before = fileBytes
        try await prune(store)
        #expect(try await store.room().freePages > 200)
        while try await store.shrink(to: 100) {}
        #expect(try await store.room().freePages == 100)
        while try await store.shrink() {}
        let room = try await store.room()
        #expect(room.freePages == 0 && room.canShrink && room.freeBytes == 0)
        try await checkpoint(store)
        #expect(fileBytes < before - (800 << 10))
        #expect(fileBytes == room.usedBytes)
        #expect(try await store.report(isThorough: true).problems == [])
        #expect(try await store.shrink() == false)
    }

    @Test func aDatabaseOfBeforeShrinksOnceItWasWrittenAnew() async throws {
        let old = try DatabasePool(path: files.path)
        try Migrator.migrate(
            old, at: files.clock.now, migrations: Array(Migration.all.prefix(6)))
        try old.close()
        let store = try files.open()
        try await fill(store, 60)
        try await prune(store)
        #expect(try await store.room().canShrink == false)
        #expect(try await store.shrink() == false)
        try await checkpoint(store)
        let before = fileBytes
        try await store.vacuum()
        #expect(fileBytes < before - (800 << 10))
        #expect(store.walFileBytes <= Checkpointer.walBytesMax)
        // The writer that did it, and whoever opens it later, can go on.
        for store in [store, try files.open()] {
            try await fill(store, 10)
            try await prune(store)
            #expect(try await store.room().canShrink)
            while try await store.shrink() {}
            #expect(try await store.room().freePages == 0)
        }
        #expect(try await store.report(isThorough: true).problems == [])
    }

    @Test func manyWhoMakeADatabaseMakeOneThatShrinks() async throws {
        let files = files
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try files.open() } }
            try await group.waitForAll()
        }
        #expect(try await files.open().room().canShrink)
    }
}

/// How long a step of pruning lasts.
@Suite(.timeLimit(.minutes(2)))
struct PruneStepTests {
    @Test func aStepEndsWhenItsTimeIsOver() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        for number in 0..<20 {
            let request = EnqueueRequest(job: Samples.job(.deploy, number))
            let job = try #require(try await store.enqueue([request]).first?.job)
            _ = try await store.cancel(job.row)
        }
        // Each look at the clock finds it a millisecond later.
        let ticks = Mutex<Int64>(0)
        var clock = files.clock.storeClock()
        clock.sinceBoot = {
            ticks.withLock {
                $0 += 1; return $0
            }
        }
        let slow = try SQLiteJobStore.open(path: files.path, mode: .existing, clock: clock)
        let rule = PruneRule(jobsEndedBefore: files.clock.now + .seconds(1))
        var removed: [Int] = []
        var place: PrunePlace?
        repeat {
            let step = try await slow.prune(rule, from: place)
            removed.append(step.removed.jobs)
            place = step.next
            // Whoever dies between two steps leaves whole jobs.
            #expect(try await store.report(isThorough: true).problems == [])
        } while place != nil
        #expect(removed.reduce(0, +) == 20)
        #expect(removed.allSatisfy { $0 <= Int(LockShare.milliseconds) } && removed.count > 4)
    }

    @Test func onlyPruningRemovesJobsAndEvents() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        for number in 0..<2 {
            let request = EnqueueRequest(job: Samples.job(.deploy, number))
            _ = try await store.enqueue([request])
        }
        _ = try await store.cancel(1)
        let raw = try RawDatabase(files.path)
        #expect(
            try raw.error("DELETE FROM event WHERE job_id = 1")?.contains("append-only") == true)
        #expect(try raw.error("DELETE FROM job WHERE id = 1")?.contains("pruning") == true)
        #expect(try raw.error("INSERT INTO pruned_job VALUES (2)")?.contains("finished") == true)
        #expect(try raw.error("INSERT INTO pruned_job VALUES (99)")?.contains("finished") == true)
        #expect(
            try raw.error("INSERT INTO pruned_job VALUES (1); DELETE FROM event WHERE job_id = 2")?
                .contains("append-only") == true)
        #expect(
            try raw.error("INSERT INTO pruned_job VALUES (1); DELETE FROM event WHERE job_id = 1")
                == nil)
        #expect(try raw.int("SELECT count(*) FROM pruned_job") == 0)
    }
}
