import Jobs
import Testing

@testable import JobStore

/// The lock files by which workers are known to live.
@Suite(.timeLimit(.minutes(2)))
struct WorkerLockTests {
    @Test func theLockFileOfADeadWorkerGoesWithIt() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        let test = StoreUnderTest(
            store: store, clock: files.clock, another: { try files.open() },
            start: { try files.lockWorker($0) }, hide: { _ in })
        try await test.enqueue()
        _ = try files.lockWorker("w1")
        let job = try await test.claimOne()
        let living = try files.lockWorker("w3")
        try await store.register(Samples.worker("w3"))

        let taken = try await store.takeOver(Samples.worker("w2"), grace: Samples.grace)
        #expect(taken.map(\.row) == [job.row])
        let left = try ["w1", "w3"].map { worker in
            FileLock.attempt(try files.folder.workerLock(worker), creates: false)
        }
        guard case .missing = left[0], case .heldByAnother = left[1] else {
            Issue.record("\(left)")
            return
        }
        withExtendedLifetime(living) {}
    }
}
