/// Where a server learns which tokens are valid.
package protocol TokenSource: Sendable {
    /// The tokens that are valid now.
    ///
    /// Called for every request, concurrently, and every ``HTTPLimits/tokenCheckInterval`` while
    /// anything is open: answer from memory. A thrown error refuses the request with 503.
    func currentTokens() async throws -> TokenRegistry
}

extension TokenRegistry: TokenSource {
    /// The same tokens for ever.
    package func currentTokens() -> TokenRegistry { self }
}
