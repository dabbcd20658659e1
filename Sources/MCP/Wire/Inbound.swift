private import JSON

/// A frame, decoded once.
package enum Inbound: Sendable, Hashable {
    case single(Envelope)
    /// The elements of an array, which only 2025-03-26 allows.
    case batch([Envelope])
    /// Not JSON, or beyond the limits.
    case unreadable(RPCError)

    /// Decodes the UTF-8 text of one frame.
    package init(parsing frame: [UInt8], limits: ProtocolLimits = ProtocolLimits()) {
        guard frame.count <= limits.frameBytesMax else {
            self = .oversized(limits: limits)
            return
        }
        do throws(JSONError) {
            let value = try JSONValue(parsing: frame, depthMax: limits.depthMax)
            guard case .array(let elements) = value else {
                self = .single(Envelope(value))
                return
            }
            self = .batch(elements.prefix(limits.batchMax + 1).map(Envelope.init))
        } catch {
            self = .unreadable(.parse(error.description))
        }
    }

    /// A frame that was too long to be kept.
    package static func oversized(limits: ProtocolLimits) -> Inbound {
        .unreadable(.invalidRequest("a message has at most \(limits.frameBytesMax) bytes"))
    }

    /// Whether this is a single `initialize`, which opens a legacy session.
    package var isInitialize: Bool {
        guard case .single(.request(_, "initialize", _)) = self else { return false }
        return true
    }

    /// Whether it holds a request, so that an answer is due.
    package var expectsAnswer: Bool {
        switch self {
        case .single(let envelope): envelope.expectsAnswer
        case .batch(let envelopes): envelopes.isEmpty || envelopes.contains { $0.expectsAnswer }
        case .unreadable: true
        }
    }

    /// The era in which the frame is to be taken.
    ///
    /// - Parameter headerVersion: the value of `MCP-Protocol-Version`, over HTTP.
    package func era(headerVersion: String? = nil) -> Era {
        if let headerVersion, Revision(rawValue: headerVersion)?.era != .legacy { return .modern }
        guard case .single(let envelope) = self else { return .legacy }
        return envelope.namesModernRevision ? .modern : .legacy
    }
}

extension Envelope {
    /// Whether a response or an error is due.
    var expectsAnswer: Bool {
        switch self {
        case .request, .invalid: true
        case .notification, .response: false
        }
    }

    /// Whether `_meta` carries what only modern requests carry.
    var namesModernRevision: Bool {
        guard case .request(_, _, let params) = self, case .object(let meta)? = params["_meta"]
        else { return false }
        return meta[MetaKey.protocolVersion] != nil || meta[MetaKey.clientCapabilities] != nil
    }
}
