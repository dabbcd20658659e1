internal import HTTPTypes
internal import JSON
internal import MCP

/// A whole answer to an HTTP request.
struct Reply: Sendable, Hashable {
    var status: Int
    var fields: HTTPFields = [:]
    /// JSON text; nil for an answer without a body.
    var body: String?
    /// Whether the connection ends with it.
    var closes = false

    /// JSON with a status.
    static func json(_ status: Int, _ text: String) -> Reply {
        Reply(status: status, fields: [.contentType: "application/json"], body: text)
    }

    /// An answer without a body.
    static func empty(_ status: Int) -> Reply { Reply(status: status) }

    /// A refusal by the transport, with a JSON-RPC error as its body.
    ///
    /// - Parameter id: the request's, when it was read.
    static func refusal(
        _ status: Int, _ message: String, id: RequestID? = nil, _ fields: HTTPFields = [:]
    ) -> Reply {
        let code = status >= 500 ? RPCError.Code.internal : RPCError.Code.invalidRequest
        var object: JSONObject = ["jsonrpc": "2.0"]
        if let id { object["id"] = id.json }
        object["error"] = RPCError(code: code, message: message).json
        var reply = json(status, JSONValue.object(object).serialized())
        for field in fields { reply.fields[field.name] = field.value }
        return reply
    }

    /// A refusal that will not last.
    static func busy(_ status: Int, _ message: String, after delay: Duration) -> Reply {
        let seconds = max(1, delay.components.seconds)
        return refusal(status, message, [.retryAfter: String(seconds)])
    }

    /// A refusal of the method.
    static func methodNotAllowed(_ allowed: String) -> Reply {
        refusal(405, "The methods here are \(allowed)", [.allow: allowed])
    }
}
