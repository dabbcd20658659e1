internal import MCP

/// Whoever a request was admitted as.
///
/// Sessions belong to a holder: a new token of the same name does not inherit those of the old.
struct Holder: Sendable, Hashable {
    let principal: Principal
    /// SHA-256 of the token; nil for whoever needed none.
    let tokenHash: [UInt8]?

    /// Whether it stands for everybody on the machine, so that no bound per principal applies.
    var isLocal: Bool { tokenHash == nil }
}
