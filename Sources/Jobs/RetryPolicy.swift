/// How long to wait before something is tried again: doubling, capped, with jitter.
package struct RetryPolicy: Sendable, Hashable {
    package let delay: Duration
    package let delayMax: Duration
    /// How often an operation that provably did not start is tried again before the job fails.
    package let countMax: Int

    package init(
        delay: Duration = .seconds(1), delayMax: Duration = .seconds(60), countMax: Int = 3
    ) {
        self.delay = delay
        self.delayMax = delayMax
        self.countMax = countMax
    }

    /// The wait before try number `failures + 1`, between half and the whole of the doubled delay.
    ///
    /// - Parameters:
    ///   - failures: how often it failed in a row, at least 1.
    ///   - random: 64 random bits; the same bits give the same wait.
    package func wait(failures: Int, random: UInt64) -> Duration {
        let doublings = min(max(failures - 1, 0), 20)
        let whole = min(delay * (1 << doublings), delayMax)
        let half = whole.inMilliseconds / 2
        return .milliseconds(half + Int64(random % UInt64(max(1, whole.inMilliseconds - half + 1))))
    }
}
