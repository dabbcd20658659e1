internal import Jobs

/// Estimates how far the server's clock is ahead of ours from the Date headers of its answers.
///
/// Each header is truncated to a second and was written somewhere between request and answer, so
/// a single sample is off by up to half a second and half the round trip; samples are averaged.
struct ClockOffset: Sendable, Hashable {
    /// Our best guess in milliseconds; nil before the first sample.
    private(set) var milliseconds: Double?

    /// Slower exchanges say too little.
    static let roundTripMax: Duration = .seconds(5)
    /// A difference beyond this is a clock that was set, not noise.
    static let jumpMin = 3_000.0
    private static let weight = 0.2

    /// Takes the sample of one exchange.
    mutating func add(date: Timestamp, sentAt: Timestamp, headAt: Timestamp) {
        let roundTrip = headAt - sentAt
        guard roundTrip >= .zero, roundTrip <= Self.roundTripMax else { return }
        let midpoint = Double(sentAt.milliseconds + headAt.milliseconds) / 2
        let sample = Double(date.milliseconds) + 500 - midpoint
        guard let current = milliseconds, abs(sample - current) < Self.jumpMin else {
            milliseconds = sample
            return
        }
        milliseconds = current + (sample - current) * Self.weight
    }

    /// The guess as a duration, zero before the first sample.
    var duration: Duration { .milliseconds(Int64((milliseconds ?? 0).rounded())) }
}
