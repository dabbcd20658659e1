internal import MCP

/// What becomes of a message that was sent with POST.
enum PostPlan: Hashable {
    /// It stands alone.
    case exchange
    /// It opens a session.
    case open
    /// It belongs to the session of this id.
    case session(String)
    case refuse(Reply)

    /// - Parameters:
    ///   - sessionID: the value of `Mcp-Session-Id`.
    ///   - version: the value of `MCP-Protocol-Version`.
    init(_ inbound: Inbound, sessionID: String?, version: String?) {
        switch inbound.era(headerVersion: version) {
        case .modern:
            guard case .single(.response) = inbound else {
                self = .exchange
                return
            }
            self = .refuse(.refusal(400, "A client of this revision sends no responses"))
        case .legacy:
            if let sessionID {
                self = .session(sessionID)
            } else if case .unreadable = inbound {
                self = .exchange
            } else if inbound.isInitialize {
                self = .open
            } else {
                self = .refuse(
                    .refusal(
                        400, "Mcp-Session-Id is missing: it comes with the answer to initialize"))
            }
        }
    }
}

extension Inbound {
    /// The id of a single request.
    var requestID: RequestID? {
        guard case .single(.request(let id, _, _)) = self else { return nil }
        return id
    }
}
