/// The two interfaces that a Komodo can have.
package enum KomodoDialect: String, Sendable, Hashable, CaseIterable {
    /// Komodo Core's own: `POST /read`, `/write` and `/execute` with `{type, params}`.
    case core
    /// Resources by path, each request signed with HMAC-SHA256.
    case signed
}
