internal import HTTPTypes
internal import JSON
internal import MCP

/// A whole answer to an HTTP request.
struct Reply: Sendable, Hashable {
    var status: Int
    var fields: HTTPFields = [:]
    /// The request that it answers, for a refusal.
    var id: RequestID?
    private var content: Content
    /// Whether the connection ends with it.
    var closes = false

    private enum Content: Hashable {
        case nothing
        case json(String)
        case error(RPCError)
    }

    private init(_ status: Int, _ fields: HTTPFields, _ content: Content) {
        self.status = status
        self.fields = fields
        self.content = content
    }

    /// JSON text; nil for an answer without a body.
    var body: String? {
        switch content {
        case .nothing: return nil
        case .json(let text): return text
        case .error(let error):
            var object: JSONObject = ["jsonrpc": "2.0"]
            if let id { object["id"] = id.json }
            object["error"] = error.json
            return JSONValue.object(object).serialized()
        }
    }

    /// JSON with a status.
    static func json(_ status: Int, _ text: String) -> Reply {
        Reply(status, [.contentType: "application/json"], .json(text))
    }

    /// An answer without a body.
    static func empty(_ status: Int) -> Reply { Reply(status, [:], .nothing) }

    /// A refusal by the transport, with a JSON-RPC error as its body.
    static func refusal(
        _ status: Int, _ message: String, _ fields: HTTPFields = [:]
    ) -> Reply {
        let code = status >= 500 ? RPCError.Code.internal : RPCError.Code.invalidRequest
        var reply = Reply(
            status, [.contentType: "application/json"],
            .error(RPCError(code: code, message: message)))
        for field in fields { reply.fields[field.name] = field.value }
        return reply
    }

    /// A refusal that will not last.
    static func busy(_ status: Int, _ message: String, after delay: Duration) -> Reply {
        let seconds = max(1, delay.components.seconds)
        return refusal(status, message, [.retryAfter: String(seconds)])
    }

    /// A refusal of a body.
    static func tooLarge(_ bytesMax: Int) -> Reply {
        refusal(413, "A message has at most \(bytesMax) bytes")
    }

    /// A refusal of the method.
    static func methodNotAllowed(_ allowed: String) -> Reply {
        refusal(405, "The methods here are \(allowed)", [.allow: allowed])
    }
}
