import Synchronization

@testable import KomodoClient

/// A clock that stands still until it is told to go on; who sleeps on it waits for that.
final class SteppedClock: Sendable {
    private typealias Sleeper = CheckedContinuation<Void, any Error>

    private struct State {
        var now = Duration.seconds(1_000)
        var sleepers: [Int: (until: Duration, sleeper: Sleeper)] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// How long those who sleep have to wait yet.
    var waits: [Duration] {
        state.withLock { state in state.sleepers.values.map { $0.until - state.now } }
    }

    /// Lets time pass at once.
    func advance(by duration: Duration) {
        let awake = state.withLock { state in
            state.now += duration
            let due = state.sleepers.filter { $0.value.until <= state.now }
            for key in due.keys { state.sleepers[key] = nil }
            return due.values.map(\.sleeper)
        }
        for sleeper in awake { sleeper.resume() }
    }

    /// Surroundings with this clock and without chance.
    var surroundings: Surroundings {
        var surroundings = Surroundings.live
        surroundings.now = { self.state.withLock { $0.now } }
        surroundings.sleep = { try await self.sleep($0) }
        surroundings.random = { 0 }
        return surroundings
    }

    private func sleep(_ duration: Duration) async throws {
        let number = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (sleeper: Sleeper) in
                let isOver = state.withLock { state in
                    guard duration > .zero, !Task.isCancelled else { return true }
                    state.sleepers[number] = (state.now + duration, sleeper)
                    return false
                }
                if isOver { sleeper.resume() }
            }
            try Task.checkCancellation()
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.sleeper
                .resume(throwing: CancellationError())
        }
    }
}
