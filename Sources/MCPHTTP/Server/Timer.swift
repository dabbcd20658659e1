private import Synchronization

/// Whether a time is up.
final class Timer: Sendable {
    private let fired = Mutex(false)

    /// The time is up.
    func fire() { fired.withLock { $0 = true } }

    var hasFired: Bool { fired.withLock { $0 } }
}
