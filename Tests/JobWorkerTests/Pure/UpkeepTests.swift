import Glibc
import JobStore
import Jobs
import Logging
import Synchronization
import TestSupport
import Testing

@testable import JobWorker

/// What a worker does for its database while nobody waits.
@Suite(.timeLimit(.minutes(2)))
struct UpkeepTests {
    private let directory: TemporaryDirectory
    private let time: Time
    private let store: SQLiteJobStore

    /// Clocks that stand still until a test moves them.
    private final class Time: Sendable {
        private let passed = Mutex<Int64>(1_000_000)

        var clock: StoreClock {
            StoreClock(
                now: { Timestamp(milliseconds: 1_790_000_000_000 + self.passed.withLock { $0 }) },
                sinceBoot: { self.passed.withLock { $0 } }, bootID: "boot",
                random: { UInt64.random(in: .min ... .max) })
        }

        func advance(_ duration: Duration) {
            passed.withLock { $0 += duration.inMilliseconds }
        }
    }

    init() throws {
        directory = try TemporaryDirectory()
        time = Time()
        store = try SQLiteJobStore.open(
            path: directory.file("jobs.db"), mode: .create(makingFolder: false), clock: time.clock)
    }

    private func upkeep(_ retention: Retention = Retention()) -> Upkeep {
        Upkeep(store, retention: retention, logger: Logger(label: "tests"))
    }

    private func end(_ count: Int) async throws {
        for number in 0..<count {
            let job = NewJob(
                operation: .build,
                target: Target(type: .build, id: nil, name: "build-\(number)"),
                instance: "https://komodo.example", keyFingerprint: "key",
                caller: NewJob.Caller(principal: "ann", clientName: "c", clientVersion: "1"),
                isNew: true)
            let stored = try await store.enqueue([EnqueueRequest(job: job)]).first?.job
            _ = try await store.cancel(try #require(stored).row)
        }
    }

    private func jobs() async throws -> Int {
        try await store.jobs(JobQuery(limit: 1_000)).jobs.count
    }

    @Test func whatIsTooOldGoesOnceAnHour() async throws {
        try await end(3)
        let upkeep = upkeep(Retention(jobs: .seconds(3_600)))
        time.advance(.seconds(7_200))
        try await end(2)
        try await upkeep.run { _ in }
        #expect(try await jobs() == 2)
        time.advance(.seconds(3_590))
        try await upkeep.run { _ in }
        time.advance(.seconds(20))
        try await upkeep.run { _ in }
        #expect(try await jobs() == 0)
    }

    @Test func nothingGoesJustAfterTheStartNorWhereEverythingIsKept() async throws {
        try await end(3)
        time.advance(.seconds(99 * 86_400))
        try await upkeep(Retention(jobs: .seconds(3_600))).run { _ in }
        #expect(try await jobs() == 3)
        let keeper = upkeep()
        time.advance(.seconds(7_200))
        try await keeper.run { _ in }
        #expect(try await jobs() == 3)
    }

    @Test func manyJobsGoInManyStepsWithPausesBetween() async throws {
        try await end(600)
        let upkeep = upkeep(Retention(jobs: .seconds(3_600)))
        time.advance(.seconds(7_200))
        let pauses = Mutex(0)
        try await upkeep.run { _ in pauses.withLock { $0 += 1 } }
        #expect(try await jobs() == 0)
        #expect(pauses.withLock { $0 } >= 2)
    }

    @Test func oneOfTheWorkersDoesIt() async throws {
        try await end(3)
        let upkeep = upkeep(Retention(jobs: .seconds(3_600)))
        time.advance(.seconds(7_200))
        guard
            case .acquired(let lock) = FileLock.attempt(store.folder.upkeepLock, creates: true)
        else {
            Issue.record("the lock is held")
            return
        }
        try await upkeep.run { _ in }
        #expect(try await jobs() == 3)
        withExtendedLifetime(lock) {}
    }

    @Test func jobsOfAnotherKomodoStay() async throws {
        try await end(3)
        var retention = Retention(jobs: .seconds(3_600), instance: "https://another.example")
        let strange = upkeep(retention)
        retention.instance = try await store.jobs(JobQuery(limit: 1)).jobs.first?.instance
        let own = upkeep(retention)
        time.advance(.seconds(7_200))
        try await strange.run { _ in }
        #expect(try await jobs() == 3)
        try await own.run { _ in }
        #expect(try await jobs() == 0)
    }

    @Test func itEndsBetweenTwoStepsAndGoesOnAnotherTime() async throws {
        struct Stop: Error {}
        try await end(600)
        let retention = Retention(jobs: .seconds(3_600))
        let first = upkeep(retention)
        time.advance(.seconds(7_200))
        await #expect(throws: Stop.self) { try await first.run { _ in throw Stop() } }
        let left = try await jobs()
        #expect(left > 0 && left < 600)
        let next = upkeep(retention)
        time.advance(.seconds(60))
        try await next.run { _ in }
        #expect(try await jobs() == 0)
    }
}
