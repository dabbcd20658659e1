package import MCP

/// Where and for whom an HTTP server listens.
package struct HTTPConfiguration: Sendable {
    /// An address or a name; anything but loopback needs tokens.
    package var host: String
    /// 0 for any free port.
    package var port: Int
    /// The path of the endpoint.
    package var path: String
    /// Names under which clients reach the server beside those of loopback: `name` with any port,
    /// or `name:port`.
    package var allowedHosts: [String]
    /// Web origins whose pages may send requests and read answers, as `https://name[:port]`.
    ///
    /// Requests from the origins of loopback are taken anyway, but their pages can read nothing.
    package var allowedOrigins: [String]
    /// On whose behalf requests are taken while there are no tokens.
    package var localPrincipal: Principal
    /// Scopes without which a token is refused the endpoint.
    package var requiredScopes: Set<String>
    /// Whether legacy clients may list tasks while there are no tokens, so that every client of the
    /// machine sees those of all others.
    package var sharesTaskLists: Bool
    package var limits: HTTPLimits

    package init(
        host: String = "127.0.0.1", port: Int = 0, path: String = "/mcp",
        allowedHosts: [String] = [], allowedOrigins: [String] = [],
        localPrincipal: Principal, requiredScopes: Set<String> = [],
        sharesTaskLists: Bool = false, limits: HTTPLimits = HTTPLimits()
    ) {
        self.host = host
        self.port = port
        self.path = path
        self.allowedHosts = allowedHosts
        self.allowedOrigins = allowedOrigins
        self.localPrincipal = localPrincipal
        self.requiredScopes = requiredScopes
        self.sharesTaskLists = sharesTaskLists
        self.limits = limits
    }
}

extension HTTPConfiguration {
    /// The host without the brackets that an IPv6 address may be written in.
    var boundHost: String {
        guard host.hasPrefix("["), host.hasSuffix("]") else { return host }
        return String(host.dropFirst().dropLast())
    }
}
