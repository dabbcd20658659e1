package import JSON

/// A message that leaves to the client.
package struct Outgoing: Sendable, Hashable {
    /// What kind of message it is.
    package enum Kind: Sendable, Hashable {
        case notification
        /// A request to a legacy client.
        case request(RequestID)
        /// The one answer to a request, or to a batch.
        case response
    }

    package let kind: Kind
    package let json: JSONValue
    /// The HTTP status of an answer that is sent alone, before any stream was opened.
    package let httpStatus: Int

    /// A notification.
    static func notification(_ method: String, _ params: JSONObject? = nil) -> Outgoing {
        var object: JSONObject = ["jsonrpc": "2.0", "method": .string(method)]
        if let params { object["params"] = .object(params) }
        return Outgoing(kind: .notification, json: .object(object), httpStatus: 200)
    }

    /// A request to the client.
    static func request(_ id: RequestID, _ method: String, _ params: JSONObject) -> Outgoing {
        var object: JSONObject = ["jsonrpc": "2.0", "id": id.json, "method": .string(method)]
        if !params.isEmpty { object["params"] = .object(params) }
        return Outgoing(kind: .request(id), json: .object(object), httpStatus: 200)
    }

    /// The result of request `id`.
    static func result(_ result: JSONObject, for id: RequestID) -> Outgoing {
        Outgoing(
            kind: .response,
            json: ["jsonrpc": "2.0", "id": id.json, "result": .object(result)], httpStatus: 200)
    }

    /// An error as the answer to request `id`.
    ///
    /// - Parameters:
    ///   - id: nil when it could not be read; the member is then null, or left out from
    ///     2025-11-25 on, whose schema knows no null.
    ///   - revision: nil when it is not settled.
    static func error(_ error: RPCError, for id: RequestID?, revision: Revision?) -> Outgoing {
        var object: JSONObject = ["jsonrpc": "2.0"]
        if let id {
            object["id"] = id.json
        } else if revision.map({ $0 < .november2025 }) ?? true {
            object["id"] = .null
        }
        object["error"] = error.json
        return Outgoing(
            kind: .response, json: .object(object),
            httpStatus: error.httpStatus(era: revision?.era ?? .legacy))
    }

    /// The answers to a batch as one message.
    static func batch(_ answers: [Outgoing]) -> Outgoing {
        Outgoing(kind: .response, json: .array(answers.map(\.json)), httpStatus: 200)
    }
}

extension RPCError {
    /// The HTTP status that goes with this error when nothing has been sent yet.
    package func httpStatus(era: Era) -> Int {
        switch (code, era) {
        case (Code.methodNotFound, .modern): 404
        case (Code.headerMismatch, _), (Code.missingCapability, _), (Code.unsupportedVersion, _),
            (Code.parse, _), (Code.invalidRequest, _):
            400
        default: isEnvelopeFault ? 400 : 200
        }
    }
}
