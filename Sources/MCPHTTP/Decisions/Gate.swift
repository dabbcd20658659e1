internal import HTTPTypes
internal import MCP

/// Decides from the head of a request whether it may come in.
struct Gate: Sendable {
    /// What pages of other origins are told.
    let crossOrigin: CrossOrigin
    private let rules: AddressRules
    private let configuration: HTTPConfiguration

    /// - Throws: for a configuration that means nothing.
    init(_ configuration: HTTPConfiguration) throws(HTTPServerError) {
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
        crossOrigin = CrossOrigin(rules)
        self.configuration = configuration
    }

    /// What the request's path leads to.
    func route(_ head: HTTPRequest) -> Route {
        Route(head.path ?? "", endpoint: configuration.path)
    }

    /// Checks where a request to the endpoint comes from and what its method is.
    func check(_ head: HTTPRequest) throws(Refused) {
        try checkAddresses(head)
        if let reply = crossOrigin.preflight(head) { throw Refused(reply) }
        guard [.post, .get, .delete].contains(head.method) else {
            throw Refused(.methodNotAllowed("POST, GET, DELETE"))
        }
    }

    /// Whoever sent a request.
    func authenticate(_ head: HTTPRequest, _ access: Access) throws(Refused) -> Holder {
        let token = Challenge.token(in: head.headerFields.trimmed(.authorization))
        guard let holder = access.holder(of: token) else {
            throw Refused(
                .refusal(
                    401, "A valid bearer token is needed in the Authorization field",
                    [.wwwAuthenticate: Challenge.bearer]))
        }
        guard
            holder.isLocal || holder.principal.scopes.isSuperset(of: configuration.requiredScopes)
        else {
            throw Refused(
                .refusal(
                    403, "The token lacks a scope",
                    [.wwwAuthenticate: Challenge.insufficientScope(configuration.requiredScopes)]))
        }
        return holder
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
}

/// A request that is answered without being looked at further.
struct Refused: Error {
    let reply: Reply

    init(_ reply: Reply) { self.reply = reply }
}
