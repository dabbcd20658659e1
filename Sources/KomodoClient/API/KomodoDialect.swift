/// The two interfaces that a Komodo can have.
package enum KomodoDialect: String, Sendable, Hashable, CaseIterable {
    /// Komodo Core's own: `POST /read`, `/write` and `/execute` with `{type, params}`.
    case core
    /// Resources by path, each request signed with HMAC-SHA256.
    case signed
}

extension KomodoDialect {
    /// Requests that one submission takes: in the signed interface the target is looked at first,
    /// for its runs cannot be told apart otherwise.
    package var requestsPerSubmission: Int {
        switch self {
        case .core: 1
        case .signed: 2
        }
    }
}
