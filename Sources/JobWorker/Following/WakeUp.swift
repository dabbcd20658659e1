private import Synchronization

/// Ends somebody's sleep when there is something to do.
///
/// One task sleeps, any may wake it. What is told between two sleeps ends the next one at once.
final class WakeUp: Sendable {
    private struct State {
        var isCalled = false
        var sleeper: AsyncStream<Void>.Continuation?
    }

    private let state = Mutex(State())

    /// Ends the sleep, or the next one.
    func call() {
        let sleeper = state.withLock { state in
            state.isCalled = true
            return state.sleeper
        }
        sleeper?.finish()
    }

    /// Returns when it is called or when `limit` is over; nil sleeps until it is called.
    ///
    /// - Throws: `CancellationError`, or what `sleep` throws.
    func wait(
        atMost limit: Duration?, _ sleep: @escaping @Sendable (Duration) async throws -> Void
    ) async throws {
        let (calls, sleeper) = AsyncStream.makeStream(of: Void.self)
        let isCalled = state.withLock { state in
            state.sleeper = sleeper
            return state.isCalled
        }
        defer {
            state.withLock { state in
                state.isCalled = false
                state.sleeper = nil
            }
        }
        guard !isCalled else { return try Task.checkCancellation() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in calls {}
                try Task.checkCancellation()
            }
            if let limit { group.addTask { try await sleep(limit) } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
