/// When a feed may connect again.
///
/// Komodo counts refused logins of everybody behind an address, and clients that came back too fast
/// have been locked out together with their neighbours. A pure state machine: the caller brings the
/// time and the random bits.
struct FeedPace: Sendable, Hashable {
    static let waitMin: Duration = .seconds(5)
    static let waitMax: Duration = .seconds(60)
    /// After a refusal of the key: its breaker is open, and others try it.
    static let refusedWait: Duration = .seconds(300)
    /// After an answer that no websocket is to be had, as from a proxy that passes no upgrades on.
    ///
    /// Not after the first such answer where there was one before: a proxy answers so while Komodo
    /// is put anew behind it.
    static let absentWait: Duration = .seconds(600)
    /// A connection that lasted so long shows that all is well again.
    static let healthyMin: Duration = .seconds(60)

    /// Why a connection ended, or did not come about.
    enum Loss: Sendable, Hashable {
        case broken, refused, absent
        /// Patience was asked for, by Komodo or by the own budget.
        case throttled(Duration)
        /// Nobody wants to hear any more.
        case left
    }

    private var nextWait = Self.waitMin
    private var opensAt: Duration?
    /// Whether the last connection that was answered was heard.
    private var wasHeard = false

    /// How long the next try has to wait.
    func wait(at now: Duration) -> Duration {
        opensAt.map { max(.zero, $0 - now) } ?? .zero
    }

    /// Notes the end of a connection.
    ///
    /// - Parameters:
    ///   - lasted: for how long it was heard; nil when it never was.
    ///   - random: lengthens the wait by up to a quarter, so that clients which lost Komodo together
    ///     do not come back together.
    mutating func ended(_ loss: Loss, lasted: Duration?, at now: Duration, random: UInt64) {
        if let lasted, lasted >= Self.healthyMin { nextWait = Self.waitMin }
        if lasted != nil { wasHeard = true }
        let wait: Duration
        switch loss {
        case .left:
            wait = Self.waitMin
        case .broken:
            wait = nextWait
            nextWait = min(nextWait * 2, Self.waitMax)
        case .throttled(let asked):
            wait = max(asked, nextWait)
            nextWait = min(nextWait * 2, Self.waitMax)
        case .refused:
            wait = Self.refusedWait
        case .absent:
            wait = wasHeard ? nextWait : Self.absentWait
            wasHeard = false
        }
        opensAt = now + wait + wait * (Double(random >> 32) / Double(1 << 34))
    }
}
