/// Whether requests may leave: closed for a while after the key was refused or patience was asked
/// for.
///
/// Komodo locks a whole address out after five refused logins in 15 s, other users behind the same
/// proxy included, so one refusal stops everything; afterwards a single probe tries again.
/// A pure state machine: the caller brings the time.
struct Admission: Sendable, Hashable {
    /// How long nothing leaves after a refusal of the key.
    static let refusalPause: Duration = .seconds(30)
    /// A probe that has not reported by then no longer holds others back.
    static let probeMax: Duration = .seconds(60)

    /// Whether a request may leave now.
    enum Verdict: Sendable, Hashable {
        case go
        /// It may leave as the only one; its end must be recorded.
        case probe
        case keyRefused(wait: Duration)
        case throttled(wait: Duration)
    }

    /// What an exchange has shown.
    enum Finding: Sendable, Hashable {
        case keyAccepted
        case keyRefused
        case throttled(Duration)
        case nothing
    }

    private var closedUntil: Duration?
    private var probeUntil: Duration?
    private var silentUntil: Duration = .zero
    private var hasProven = false

    /// Judges a request.
    ///
    /// - Parameters:
    ///   - usesKey: whether the request carries the key at all.
    ///   - claims: whether the request leaves now; else it only asks.
    mutating func verdict(at now: Duration, usesKey: Bool, claims: Bool) -> Verdict {
        if now < silentUntil { return .throttled(wait: silentUntil - now) }
        guard usesKey, let closedUntil else { return .go }
        if now < closedUntil { return .keyRefused(wait: closedUntil - now) }
        if let probeUntil, now < probeUntil { return .keyRefused(wait: probeUntil - now) }
        if claims { probeUntil = now + Self.probeMax }
        return .probe
    }

    /// Records what a request has shown.
    ///
    /// - Parameter isProbe: whether the request left as the probe.
    /// - Returns: whether this is news about the key: its first acceptance, or the first after a
    ///   refusal, or any refusal.
    mutating func record(_ finding: Finding, isProbe: Bool, at now: Duration) -> Bool {
        if isProbe { probeUntil = nil }
        switch finding {
        case .keyAccepted:
            // Requests that left before the refusal prove nothing after it.
            guard closedUntil == nil || isProbe else { return false }
            let isNews = closedUntil != nil || !hasProven
            closedUntil = nil
            hasProven = true
            return isNews
        case .keyRefused:
            closedUntil = now + Self.refusalPause
            probeUntil = nil
            return true
        case .throttled(let wait):
            silentUntil = max(silentUntil, now + wait)
            return false
        case .nothing:
            return false
        }
    }
}
