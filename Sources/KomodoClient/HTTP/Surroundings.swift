private import FoundationEssentials
internal import Jobs
internal import NIOPosix

/// What the client takes from the world besides the network, so that tests can stand in for it.
struct Surroundings: Sendable {
    /// Time since an arbitrary moment; it runs on while the machine sleeps.
    var now: @Sendable () -> Duration
    /// The time of day, for comparison with Komodo's.
    var wallClock: @Sendable () -> Timestamp
    /// Waits, or throws when the task is cancelled.
    var sleep: @Sendable (Duration) async throws -> Void
    /// 64 random bits, for jitter.
    var random: @Sendable () -> UInt64
    /// Finds the addresses of the websocket's host; nil asks the system.
    var resolver: (any Resolver & Sendable)?

    /// The machine's own clocks and random numbers.
    static let live: Surroundings = {
        let origin = ContinuousClock.now
        return Surroundings(
            now: { ContinuousClock.now - origin },
            wallClock: {
                Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            },
            sleep: { try await Task.sleep(for: $0, clock: .continuous) },
            random: { UInt64.random(in: .min ... .max) })
    }()
}
