import Synchronization

/// Counts how many of something are under way, and the most there ever were.
final class Gauge: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func rise() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func fall() { state.withLock { $0.now -= 1 } }
}

/// Something that happens once.
final class Once: Sendable {
    private let isDone = Mutex(false)

    /// Whether it has happened.
    var hasHappened: Bool { isDone.withLock { $0 } }

    /// Whether this is the first time.
    func isFirst() -> Bool {
        isDone.withLock { isDone in
            defer { isDone = true }
            return !isDone
        }
    }
}
