import JobStore
import Jobs
import Synchronization
import TestSupport

/// Clocks that stand still until a test moves them, and chance that comes from a seed.
final class TestClock: Sendable {
    private struct State {
        var now = Timestamp(milliseconds: 1_790_000_000_000)
        var sinceBoot: Int64 = 1_000_000
        var random = SeededRandom(1)
    }

    private let state = Mutex(State())

    /// The clocks as a store takes them; with another boot id, those of a rebooted machine.
    func storeClock(bootID: String = "boot-1") -> StoreClock {
        StoreClock(
            now: { self.now }, sinceBoot: { self.state.withLock(\.sinceBoot) }, bootID: bootID,
            random: { self.state.withLock { $0.random.next() } })
    }

    var sinceBoot: Int64 { state.withLock(\.sinceBoot) }
    var now: Timestamp { state.withLock(\.now) }

    /// Lets time pass on both clocks.
    func advance(_ duration: Duration) {
        state.withLock {
            $0.now = $0.now + duration
            $0.sinceBoot += duration.inMilliseconds
        }
    }

    /// Sets the wall clock alone, as an administrator does.
    func setWallClock(_ moment: Timestamp) {
        state.withLock { $0.now = moment }
    }
}
