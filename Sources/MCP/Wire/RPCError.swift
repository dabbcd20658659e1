package import JSON

/// A JSON-RPC error as it leaves to the client.
///
/// Providers throw it to answer with exactly this error; any other error becomes
/// ``internalError()`` and is logged.
package struct RPCError: Error, Sendable, Hashable {
    package var code: Int
    /// A sentence for the reader; nothing secret.
    package var message: String
    /// What a program needs to react, when the code alone does not say it.
    package var data: JSONValue?
    /// Whether the envelope of a request was refused before any method was looked at.
    package var isEnvelopeFault = false

    package init(code: Int, message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// The error object of a response.
    package var json: JSONValue {
        var object: JSONObject = ["code": .int(code), "message": .string(message)]
        if let data { object["data"] = data }
        return .object(object)
    }
}

extension RPCError {
    /// The codes that the protocol names.
    package enum Code {
        package static let parse = -32700
        package static let invalidRequest = -32600
        package static let methodNotFound = -32601
        package static let invalidParams = -32602
        package static let `internal` = -32603
        /// Legacy revisions only.
        package static let resourceNotFound = -32002
        package static let headerMismatch = -32020
        package static let missingCapability = -32021
        package static let unsupportedVersion = -32022
    }

    /// The frame is not JSON.
    package static func parse(_ reason: String) -> RPCError {
        RPCError(code: Code.parse, message: "Parse error: \(reason)")
    }

    /// The message is JSON but no request that can be taken now.
    package static func invalidRequest(_ reason: String) -> RPCError {
        RPCError(code: Code.invalidRequest, message: "Invalid request: \(reason)")
    }

    /// The method is unknown in the message's revision, or not offered.
    package static func methodNotFound(_ method: String) -> RPCError {
        RPCError(code: Code.methodNotFound, message: "Method not found: \(method.cut(to: 128))")
    }

    /// The parameters do not fit the method.
    package static func invalidParams(_ reason: String, data: JSONValue? = nil) -> RPCError {
        RPCError(code: Code.invalidParams, message: "Invalid params: \(reason)", data: data)
    }

    /// Something broke on this side; the cause is in the log.
    package static func internalError() -> RPCError {
        RPCError(code: Code.internal, message: "Internal error")
    }

    /// A header of the HTTP request is missing or contradicts the body.
    package static func headerMismatch(_ reason: String) -> RPCError {
        RPCError(code: Code.headerMismatch, message: "Header mismatch: \(reason)")
    }

    /// The request needs something that the client did not declare; `required` has the shape of
    /// client capabilities, for example `{"elicitation": {}}`.
    package static func missingCapability(_ required: JSONValue) -> RPCError {
        RPCError(
            code: Code.missingCapability, message: "Missing required client capability",
            data: ["requiredCapabilities": required])
    }

    /// The revision named in the request is not served in this era.
    package static func unsupportedVersion(_ requested: String) -> RPCError {
        RPCError(
            code: Code.unsupportedVersion, message: "Unsupported protocol version",
            data: [
                "supported": .array(Revision.modern.map { .string($0.rawValue) }),
                "requested": .string(requested.cut(to: 64)),
            ])
    }
}

extension String {
    /// The beginning of the text, at most `count` characters, for messages that quote a client.
    func cut(to count: Int) -> String {
        let head = prefix(count)
        return head.endIndex == endIndex ? self : head + "…"
    }
}
