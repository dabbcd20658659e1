import Jobs
import Synchronization
import TestSupport
import Testing

@testable import JobStore

/// How waiters of one process hear of changes.
@Suite(.timeLimit(.minutes(2)))
struct ChangeFeedTests {
    /// Runs a feed beside `body`.
    private func withFeed(
        _ store: SQLiteJobStore,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        _ body: @escaping @Sendable (ChangeFeed) async throws -> Void
    ) async throws {
        let feed = try ChangeFeed(store, name: "feed", sleep: sleep)
        async let _: Void = feed.run()
        // Leaving cancels the feed.
        try await body(feed)
    }

    /// Never returns by itself.
    @Sendable private static func forever(_ duration: Duration) async throws {
        try await ContinuousClock().sleep(for: .seconds(86_400))
    }

    @Test func everyWaiterHearsOfACommitOfAnotherProcess() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        let other = try files.open()
        try await withFeed(store, sleep: Self.forever) { feed in
            let looks = Count()
            try await withThrowingTaskGroup(of: Int?.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await feed.wait(atMost: nil) {
                            looks.add()
                            let count = try await store.jobs(JobQuery()).jobs.count
                            return count > 0 ? count : nil
                        }
                    }
                }
                let haveLooked = try await eventually { looks.value >= 50 }
                #expect(haveLooked)
                _ = try await other.enqueue([EnqueueRequest(job: Samples.job(.deploy, 1))])
                var found = 0
                for try await count in group { found += count ?? 0 }
                #expect(found == 50)
            }
        }
    }

    @Test func aChangeWhoseRingWasLostIsSeenAtTheNextLook() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        let other = try files.open()
        let ticks = AsyncStream<Void>.makeStream()
        let tick: @Sendable (Duration) async throws -> Void = { wait in
            #expect(wait == ChangeFeed.tick)
            for await _ in ticks.stream { return }
            throw CancellationError()
        }
        try await withFeed(store, sleep: tick) { feed in
            var changes = feed.changes().makeAsyncIterator()
            #expect(await changes.next() != nil)
            // The first look learns how things stand.
            ticks.continuation.yield()
            #expect(await changes.next() != nil)
            // A write that rings nobody.
            _ = try await other.spend("n", until: files.clock.now + .seconds(9))
            ticks.continuation.yield()
            #expect(await changes.next() != nil)
        }
    }

    @Test func nobodyIsToldOfNothing() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        let ticks = AsyncStream<Void>.makeStream()
        let count = Count()
        let tick: @Sendable (Duration) async throws -> Void = { _ in
            count.add()
            for await _ in ticks.stream { return }
            throw CancellationError()
        }
        try await withFeed(store, sleep: tick) { feed in
            let told = Count()
            let changes = feed.changes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in changes { told.add() } }
                for number in 1...5 {
                    let hasSlept = try await eventually { count.value == number }
                    #expect(hasSlept)
                    ticks.continuation.yield()
                }
                let isIdle = try await eventually { count.value == 6 }
                #expect(isIdle)
                // At once, and at the first look.
                #expect(told.value <= 2)
                group.cancelAll()
            }
        }
    }

    @Test func theLastMomentCounts() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        let feed = try ChangeFeed(store, name: "feed") { _ in }
        let looks = Count()
        let value = try await feed.wait(atMost: .seconds(1)) { () -> Int? in
            looks.add()
            return looks.value >= 2 ? looks.value : nil
        }
        #expect(value != nil)
        let none = try await feed.wait(atMost: .zero) { () -> Int? in nil }
        #expect(none == nil)
    }
}

/// How often something happened.
private final class Count: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}
