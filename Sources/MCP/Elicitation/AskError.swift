package import JSON

/// Why an answer cannot be had from the client.
package enum AskError: Error, Sendable, Hashable {
    /// The client did not declare what is needed, which has the shape of client capabilities.
    case unsupported(required: JSONValue)
    /// A legacy client did not answer in time, or the call is over.
    case unanswered
    /// A legacy client answered with an error.
    case refused(RPCError)
    /// A legacy client answered with something else than was asked, again and again.
    case unfit(String)
}

extension AskError {
    /// The fault in a sentence for a model.
    var explanation: String {
        switch self {
        case .unsupported(let required):
            "This needs a client that declares \(required.serialized()); nothing was done."
        case .unanswered: "The client did not answer in time; nothing was done."
        case .refused(let error):
            "The client refused to answer (\(error.code): \(error.message.cut(to: 200)))."
        case .unfit(let reason): "The client's answer does not fit: \(reason)"
        }
    }

    /// The error of a request that ends with this.
    func rpcError(_ era: Era) -> RPCError {
        switch self {
        case .unsupported(let required):
            era == .modern
                ? .missingCapability(required) : RPCError.invalidRequest(explanation)
        case .unanswered, .refused, .unfit:
            RPCError(code: RPCError.Code.internal, message: explanation)
        }
    }
}
