internal import MCP
private import Synchronization

/// Finds out who may use the endpoint.
///
/// Once there was a token, one is needed until the server ends: removing the last one opens
/// nothing.
final class AccessControl: Sendable {
    private let source: any TokenSource
    private let configuration: HTTPConfiguration
    private let needsToken = Mutex(false)

    init(_ source: any TokenSource, _ configuration: HTTPConfiguration) {
        self.source = source
        self.configuration = configuration
    }

    /// Who may use the endpoint now; refuses while that cannot be found out.
    func current() async throws(Refused) -> Access {
        do {
            return access(try await source.currentTokens())
        } catch {
            throw Refused(
                .busy(
                    503, "The tokens cannot be read now", after: configuration.limits.retryAfter))
        }
    }

    /// Checks before anything listens that not everybody can come in from elsewhere.
    func checkSafety() async throws(HTTPServerError) {
        let access: Access
        do {
            access = self.access(try await source.currentTokens())
        } catch {
            throw HTTPServerError(
                code: .tokensUnreadable, message: "The tokens cannot be read: \(error)",
                cause: error)
        }
        guard access.needsToken || Authority.isLoopback(host: configuration.boundHost) else {
            throw HTTPServerError(
                code: .tokensNeeded,
                message: "Without tokens the server listens on loopback only, not on "
                    + "\(configuration.host): add a token, or listen on 127.0.0.1")
        }
    }

    private func access(_ tokens: TokenRegistry) -> Access {
        let needsToken = needsToken.withLock { needsToken in
            if !tokens.isEmpty { needsToken = true }
            return needsToken
        }
        return Access(
            tokens: tokens, needsToken: needsToken, localPrincipal: configuration.localPrincipal)
    }
}
