internal import Jobs

/// Whether a worker wants to be told of updates; times are milliseconds since boot.
struct FeedWish: Sendable, Hashable {
    /// How long the connection is kept without a job that is worth it: the next may come soon.
    static let lingerMax: Duration = .seconds(60)

    private let linger: Int64
    private var wantedAt: Int64?

    init(scale: Double) {
        linger = (Self.lingerMax * scale).inMilliseconds
    }

    /// Whether it wants to be told from now on.
    ///
    /// - Parameter isWorthwhile: whether there is a job of which it could be told.
    mutating func decide(_ isWorthwhile: Bool, at now: Int64) -> Bool {
        if isWorthwhile { wantedAt = now }
        guard let last = wantedAt else { return false }
        if now - last >= linger { wantedAt = nil }
        return wantedAt != nil
    }
}
