/// How long, and for whom, an answer may be kept; only revisions from 2026-07-28 carry it.
package struct CacheHint: Sendable, Hashable {
    /// Who may be given a kept answer.
    package enum Scope: String, Sendable, Hashable {
        /// Anybody.
        case `public`
        /// The same principal only.
        case `private`
    }

    package var timeToLive: Duration
    package var scope: Scope

    package init(timeToLive: Duration, scope: Scope) {
        self.timeToLive = timeToLive
        self.scope = scope
    }

    /// Not to be kept.
    package static let none = CacheHint(timeToLive: .zero, scope: .private)
}
