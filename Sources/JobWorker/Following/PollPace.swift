internal import Jobs

/// How long to wait between looks at something: 1 s at first, then 2 s, then 5 s.
struct PollPace: Sendable, Hashable {
    let startedAt: Int64
    let scale: Double

    private static let steps: [(until: Duration, wait: Duration)] = [
        (.seconds(5), .seconds(1)), (.seconds(30), .seconds(2)),
    ]
    private static let last: Duration = .seconds(5)

    init(startedAt: Int64, scale: Double) {
        self.startedAt = startedAt
        self.scale = scale
    }

    /// The wait after a look at `now`, on the clock since boot in milliseconds.
    func next(at now: Int64) -> Duration {
        let age = Duration.milliseconds(now - startedAt)
        let step = Self.steps.first { age < $0.until * scale }
        return (step?.wait ?? Self.last) * scale
    }
}
