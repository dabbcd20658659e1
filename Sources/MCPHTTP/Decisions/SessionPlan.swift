internal import HTTPTypes
internal import MCP

/// What a GET or DELETE of the endpoint asks for; only sessions have such.
enum SessionPlan: Hashable {
    /// The stream of what belongs to no request.
    case listen(session: String)
    /// The rest of a stream that broke off.
    case resume(session: String, after: EventID)
    case end(session: String)
    case refuse(Reply)

    init(_ head: HTTPRequest) {
        let fields = head.headerFields
        if let version = fields.trimmed(.protocolVersion) {
            guard let revision = Revision(rawValue: version) else {
                self = .refuse(.refusal(400, "That MCP-Protocol-Version is unknown"))
                return
            }
            guard revision.era == .legacy else {
                self = .refuse(.methodNotAllowed("POST"))
                return
            }
        }
        guard let session = fields.trimmed(.sessionID) else {
            self = .refuse(.refusal(400, "Mcp-Session-Id is missing"))
            return
        }
        if head.method == .delete {
            self = .end(session: session)
            return
        }
        guard MediaRanges(fields[.accept]).contains("text/event-stream") else {
            self = .refuse(.refusal(406, "Accept must list text/event-stream"))
            return
        }
        guard let text = fields.trimmed(.lastEventID), !text.isEmpty else {
            self = .listen(session: session)
            return
        }
        guard let event = EventID(text) else {
            self = .refuse(.refusal(400, "Last-Event-ID is not from this server"))
            return
        }
        self = .resume(session: session, after: event)
    }
}
