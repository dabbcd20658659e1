import JobStore
import Jobs
import Synchronization

@testable import KomodoClient

/// The machine's clocks, faster by a factor and moved ahead at will.
///
/// Store, client and worker of a test share one, so that they agree about every pause.
final class WarpClock: Sendable {
    private let speed: Int64
    private let ahead = Mutex<Int64>(0)
    private let wallShift = Mutex<Duration>(.zero)
    private let startedAt = StoreClock.system.sinceBoot()
    private let startOfWall = StoreClock.system.now()

    init(speed: Int64 = 1) {
        self.speed = speed
    }

    /// Lets time pass at once.
    func advance(by duration: Duration) {
        ahead.withLock { $0 += duration.inMilliseconds }
    }

    /// Sets the wall clock alone, as an administrator does.
    func setWallClock(by shift: Duration) {
        wallShift.withLock { $0 += shift }
    }

    private var wall: Timestamp {
        startOfWall + .milliseconds(elapsed) + wallShift.withLock { $0 }
    }

    /// Milliseconds since the clock was made.
    private var elapsed: Int64 {
        (StoreClock.system.sinceBoot() - startedAt) * speed + ahead.withLock { $0 }
    }

    /// Waits for a duration of this clock.
    func sleep(_ duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration / Int(speed))
    }

    /// The clock as the store takes it.
    var store: StoreClock {
        var clock = StoreClock.system
        clock.now = { self.wall }
        clock.sinceBoot = { self.startedAt + self.elapsed }
        return clock
    }

    /// The clock as the client takes it.
    var surroundings: Surroundings {
        var surroundings = Surroundings.live
        surroundings.now = { .milliseconds(self.elapsed) }
        surroundings.wallClock = { self.wall }
        surroundings.sleep = { try await self.sleep($0) }
        return surroundings
    }
}
