/// Waits that double from one to the next, up to a greatest.
package struct Backoff: Sendable, Hashable {
    private var wait: Duration
    private let waitMax: Duration

    init(from first: Duration, to last: Duration) {
        wait = first
        waitMax = last
    }

    /// The wait after one more failure.
    package mutating func next() -> Duration {
        defer { wait = min(wait * 2, waitMax) }
        return wait
    }
}

extension WorkerPolicy {
    private static let jobWaitMin: Duration = .seconds(1)
    private static let jobWaitMax: Duration = .seconds(60)
    private static let storeWaitMin: Duration = .milliseconds(200)
    package static let storeWaitMax: Duration = .seconds(5)

    /// Before something about one job is tried again that did not work.
    var jobBackoff: Backoff {
        Backoff(from: Self.jobWaitMin * pollScale, to: Self.jobWaitMax * pollScale)
    }

    /// Before the database is tried again after it refused to work.
    package static var storeBackoff: Backoff { Backoff(from: storeWaitMin, to: storeWaitMax) }
}
