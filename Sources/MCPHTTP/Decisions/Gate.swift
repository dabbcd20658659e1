internal import HTTPTypes
internal import MCP

/// Decides from the head of a request whether it may come in.
struct Gate: Sendable {
    private let rules: AddressRules
    private let tokens: TokenRegistry
    private let configuration: HTTPConfiguration

    /// - Throws: for a configuration that means nothing or is not safe.
    init(_ configuration: HTTPConfiguration, _ tokens: TokenRegistry) throws(HTTPServerError) {
        guard !tokens.isEmpty || Authority.isLoopback(host: configuration.boundHost) else {
            throw HTTPServerError(
                code: .tokensNeeded,
                message: "Without tokens the server listens on loopback only, not on "
                    + "\(configuration.host): add a token, or listen on 127.0.0.1")
        }
        guard configuration.path.hasPrefix("/"), configuration.path.count > 1,
            !configuration.path.contains(where: { "?# ".contains($0) })
        else {
            throw HTTPServerError(
                code: .invalidConfiguration,
                message: "\"\(configuration.path)\" is no path; write \"/mcp\"")
        }
        guard (0...65_535).contains(configuration.port) else {
            throw HTTPServerError(
                code: .invalidConfiguration,
                message: "\(configuration.port) is no port; choose 0 to 65535")
        }
        rules = try AddressRules(configuration)
        self.tokens = tokens
        self.configuration = configuration
    }

    /// What the request's path leads to.
    func route(_ head: HTTPRequest) -> Route {
        Route(head.path ?? "", endpoint: configuration.path)
    }

    /// The principal of a request to the endpoint, or what it is answered with.
    func admit(_ head: HTTPRequest) throws(Refused) -> Principal {
        try checkAddresses(head)
        guard [.post, .get, .delete].contains(head.method) else {
            throw Refused(.methodNotAllowed("POST, GET, DELETE"))
        }
        return try authenticate(head)
    }

    /// Checks what a POST says about its body and the answer it takes.
    func checkPost(_ head: HTTPRequest) throws(Refused) {
        let ranges = MediaRanges(head.headerFields[.accept])
        guard ranges.contains("application/json"), ranges.contains("text/event-stream") else {
            throw Refused(
                .refusal(406, "Accept must list application/json and text/event-stream"))
        }
        let type = head.headerFields.trimmed(.contentType)?.lowercased().prefix { $0 != ";" }
        guard let type, type.filter({ $0 != " " }) == "application/json" else {
            throw Refused(.refusal(415, "Content-Type must be application/json"))
        }
    }

    private func checkAddresses(_ head: HTTPRequest) throws(Refused) {
        guard let host = head.authority, head.headerFields[values: .extraHost].isEmpty else {
            throw Refused(.refusal(400, "Exactly one Host field is needed"))
        }
        guard rules.permitsHost(host) else {
            throw Refused(.refusal(403, "This server is not reached under that Host"))
        }
        guard let origin = head.headerFields.trimmed(.origin) else { return }
        guard rules.permitsOrigin(origin) else {
            throw Refused(.refusal(403, "Requests from that Origin are not taken"))
        }
    }

    private func authenticate(_ head: HTTPRequest) throws(Refused) -> Principal {
        guard !tokens.isEmpty else { return configuration.localPrincipal }
        guard let token = Challenge.token(in: head.headerFields.trimmed(.authorization)),
            let principal = tokens.principal(of: token)
        else {
            throw Refused(
                .refusal(
                    401, "A valid bearer token is needed in the Authorization field",
                    [.wwwAuthenticate: Challenge.bearer]))
        }
        guard principal.scopes.isSuperset(of: configuration.requiredScopes) else {
            throw Refused(
                .refusal(
                    403, "The token lacks a scope",
                    [.wwwAuthenticate: Challenge.insufficientScope(configuration.requiredScopes)]))
        }
        return principal
    }
}

/// A request that is answered without being looked at further.
struct Refused: Error {
    let reply: Reply

    init(_ reply: Reply) { self.reply = reply }
}
