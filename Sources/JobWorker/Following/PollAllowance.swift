internal import Jobs

/// How many polls hints may cause: a few at once, then one in a while.
///
/// However much is told, no minute sees more than 29. Times are milliseconds since boot.
struct PollAllowance: Sendable, Hashable {
    /// Polls that may follow each other at once.
    static let pollsMax = 5
    /// After which another one may follow.
    static let interval: Duration = .milliseconds(2_500)

    private let step: Int64
    /// When all of them are free again.
    private var fullAt = Int64.min

    init(scale: Double) {
        step = (Self.interval * scale).inMilliseconds
    }

    /// When the next poll may be sent.
    var opensAt: Int64 {
        fullAt == .min ? .min : fullAt - step * Int64(Self.pollsMax - 1)
    }

    /// A poll was sent.
    mutating func take(at now: Int64) {
        fullAt = max(fullAt, now) + step
    }
}
