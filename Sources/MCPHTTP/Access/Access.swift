internal import MCP

/// Who may use the endpoint at one moment.
struct Access: Sendable {
    let tokens: TokenRegistry
    /// Whether whoever brings no token is refused.
    let needsToken: Bool
    /// On whose behalf requests are taken that need no token.
    let localPrincipal: Principal

    /// Whoever brings `token`, or nothing; nil when that is not enough.
    func holder(of token: String?) -> Holder? {
        guard needsToken else { return Holder(principal: localPrincipal, tokenHash: nil) }
        return token.flatMap(tokens.holder)
    }

    /// Whether somebody who was admitted before would be now.
    func admits(_ holder: Holder) -> Bool {
        holder.isLocal ? !needsToken : tokens.contains(holder)
    }
}
