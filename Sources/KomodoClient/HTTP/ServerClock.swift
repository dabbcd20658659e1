internal import Jobs

/// Estimates what the server's clock shows, from the Date headers of its answers.
///
/// It counts on ``Surroundings/now``, which nobody sets. Each header is truncated to a second and
/// was written somewhere between request and answer, so a single sample is off by up to half a
/// second and half the round trip; samples are averaged.
struct ServerClock: Sendable, Hashable {
    /// The server's time at the beginning of ours, in milliseconds since 1970; nil before the first
    /// sample.
    private var origin: Double?

    /// Slower exchanges say too little.
    static let roundTripMax: Duration = .seconds(5)
    /// A difference beyond this is a clock that was set, not noise.
    static let jumpMin = 3_000.0
    private static let weight = 0.2

    /// Takes the sample of one exchange.
    mutating func add(date: Timestamp, between start: Duration, and end: Duration) {
        let roundTrip = end - start
        guard roundTrip >= .zero, roundTrip <= Self.roundTripMax else { return }
        let midpoint = Double(start.inMilliseconds + end.inMilliseconds) / 2
        let sample = Double(date.milliseconds) + 500 - midpoint
        guard let current = origin, abs(sample - current) < Self.jumpMin else {
            origin = sample
            return
        }
        origin = current + (sample - current) * Self.weight
    }

    /// The server's time at a moment of ours.
    func time(at now: Duration) -> Timestamp? {
        origin.map { Timestamp(milliseconds: Int64($0.rounded()) + now.inMilliseconds) }
    }
}
