internal import JobStore
internal import Jobs

/// Takes tokens of the shared budget as fast as it gets them, on a clock that runs fast.
struct SpendingPart: Sendable {
    private let store: SQLiteJobStore
    private let log: MomentLog
    private let clock = Self.clock

    /// Requests of the limits, which are the documented ones times six: so many processes that ask
    /// all the time shall not wait for the disk.
    static let limits = TokenBucket.Limits(perMinute: 600, burst: 1_200)
    static let instance = Orders.instance
    /// How many times as fast the clock runs: a minute takes six seconds.
    static let speed: Int64 = 10
    /// Between two tries of all purposes.
    private static let pause: Duration = .milliseconds(2)

    /// The same in all processes.
    static var clock: StoreClock {
        let system = StoreClock.system
        return StoreClock(
            now: system.now, sinceBoot: { system.sinceBoot() * speed }, bootID: system.bootID,
            random: system.random)
    }

    init(database: String, log: String) throws {
        store = try SQLiteJobStore.open(path: database, mode: .existing, clock: Self.clock)
        self.log = try MomentLog(log)
    }

    /// Asks for each purpose in turn; refusals are asked again soon, so that none is missed.
    func spend() async throws {
        while !Task.isCancelled {
            var isRefused = true
            for purpose in TokenBucket.Purpose.allCases {
                let answer = try await store.take(
                    purpose, instance: Self.instance, limits: Self.limits)
                guard answer == .granted else { continue }
                // A request would leave now.
                try log.note([clock.sinceBoot()])
                isRefused = false
            }
            if isRefused { try await ContinuousClock().sleep(for: Self.pause) }
        }
    }
}
