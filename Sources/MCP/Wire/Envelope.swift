package import JSON

/// One JSON-RPC message, taken apart.
package enum Envelope: Sendable, Hashable {
    case request(id: RequestID, method: String, params: JSONObject)
    case notification(method: String, params: JSONObject)
    /// An answer to a request of this side; the id is nil when the client could not read ours.
    case response(id: RequestID?, Result<JSONValue, RPCError>)
    /// Refused; the id is nil when it could not be read.
    case invalid(RPCError, id: RequestID?)

    /// Takes `value` apart.
    package init(_ value: JSONValue) {
        guard case .object(let object) = value else {
            self = .invalid(.invalidRequest("a message is a JSON object"), id: nil)
            return
        }
        self.init(object)
    }

    private init(_ object: JSONObject) {
        let idValue = object["id"]
        let id = idValue.flatMap(RequestID.init)
        guard object["jsonrpc"] == .string("2.0") else {
            self = .invalid(.invalidRequest("\"jsonrpc\" must be \"2.0\""), id: id)
            return
        }
        guard let methodValue = object["method"] else {
            self = Self.response(object, id: id)
            return
        }
        guard case .string(let method) = methodValue else {
            self = .invalid(.invalidRequest("\"method\" must be a string"), id: id)
            return
        }
        guard idValue == nil || id != nil else {
            self = .invalid(.invalidRequest("\"id\" must be a string or an integer"), id: nil)
            return
        }
        let params: JSONObject
        switch object["params"] {
        case nil: params = [:]
        case .object(let object): params = object
        case .null, .bool, .number, .string, .array:
            self = Self.badParams(id: id)
            return
        }
        if let id {
            self = .request(id: id, method: method, params: params)
        } else {
            self = .notification(method: method, params: params)
        }
    }

    /// A notification is never answered, so a broken one is an unknown one.
    private static func badParams(id: RequestID?) -> Envelope {
        guard let id else { return .notification(method: "", params: [:]) }
        return .invalid(.invalidParams("\"params\" must be an object"), id: id)
    }

    private static func response(_ object: JSONObject, id: RequestID?) -> Envelope {
        if let error = object["error"] {
            let code = error["code"]?.int.flatMap { Int(exactly: $0) }
            let message = error["message"]?.string ?? ""
            return .response(
                id: id,
                .failure(
                    RPCError(
                        code: code ?? RPCError.Code.internal, message: message,
                        data: error["data"])))
        }
        if let result = object["result"] {
            return .response(id: id, .success(result))
        }
        return .invalid(.invalidRequest("no \"method\", \"result\" or \"error\""), id: id)
    }
}
