import Testing

@testable import JobWorker

/// How long a worker leaves a database alone that refuses to work.
@Suite
struct StoreBackoffTests {
    @Test
    func theDatabaseIsTriedAgainAfterFiveSecondsAtMost() {
        var backoff = WorkerPolicy.storeBackoff
        let waits = (1...8).map { _ in backoff.next() }
        let expected = [200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]
        #expect(waits == expected.map { .milliseconds($0) })
    }
}
