/// Counts failed logins per address, as Core does since 2.0.
///
/// Once an address has failed `attemptsMax` times within the window, everything from it is refused
/// until the oldest failure has left the window.
struct AuthLimiter: Sendable {
    private var failures: [String: [ContinuousClock.Instant]] = [:]
    private let attemptsMax: Int
    private let window: Duration
    /// Addresses that are remembered.
    private static let addressesMax = 10_000

    init(attemptsMax: Int, window: Duration) {
        self.attemptsMax = attemptsMax
        self.window = window
    }

    /// How long `address` must still wait; nil when it may try.
    mutating func wait(for address: String, now: ContinuousClock.Instant) -> Duration? {
        guard let known = failures[address] else { return nil }
        let recent = known.filter { $0 + window > now }
        failures[address] = recent.isEmpty ? nil : recent
        guard recent.count >= attemptsMax, let oldest = recent.first else { return nil }
        return window - (now - oldest)
    }

    /// Notes a failure and tells how many more are allowed.
    mutating func recordFailure(from address: String, now: ContinuousClock.Instant) -> Int {
        if failures.count >= Self.addressesMax { failures = [:] }
        failures[address, default: []].append(now)
        return max(0, attemptsMax - (failures[address]?.count ?? 0))
    }

    /// Forgets every failure.
    mutating func removeAll() {
        failures = [:]
    }

    /// The time as Core prints it: whole seconds, or milliseconds below one.
    static func text(_ wait: Duration) -> String {
        let parts = wait.components
        guard parts.seconds > 0 else {
            return "\(parts.attoseconds / 1_000_000_000_000_000)ms"
        }
        return "\(parts.seconds)s"
    }
}
