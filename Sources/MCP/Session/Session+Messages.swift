internal import JSON
private import Synchronization

extension Session {
    /// What one message asks for.
    enum Taken {
        case nothing
        case answer(Outgoing)
        case part(Exchange)
    }

    /// Takes one message of a frame.
    func take(_ envelope: Envelope, era: Era, facts: TransportFacts) -> Taken {
        switch envelope {
        case .request(let id, let method, let params):
            switch era {
            case .modern: takeModern(id, method, params, facts)
            case .legacy: takeLegacy(id, method, params, facts)
            }
        case .notification(let method, let params):
            takeNotification(method, params)
        case .response(let id, let result):
            takeResponse(id, result)
        case .invalid(let error, let id):
            .answer(.error(error, for: id, revision: era == .modern ? .july2026 : revision))
        }
    }

    private func takeNotification(_ method: String, _ params: JSONObject) -> Taken {
        if method == "notifications/cancelled", let id = params["requestId"].flatMap(RequestID.init)
        {
            cancel(id)
        }
        return .nothing
    }

    private func takeResponse(_ id: RequestID?, _ result: Result<JSONValue, RPCError>) -> Taken {
        if let id { questions.answer(id, with: result) }
        return .nothing
    }

    /// Takes the messages of an array, which only 2025-03-26 allows.
    func receiveBatch(_ envelopes: [Envelope]) -> Received {
        let revision = revision
        func refused(_ reason: String) -> Received {
            .reply(.error(.invalidRequest(reason), for: nil, revision: revision))
        }
        guard revision == .march2025 else { return refused("a frame is one JSON object") }
        guard !envelopes.isEmpty else { return refused("an empty batch") }
        guard envelopes.count <= definition.limits.batchMax else {
            return refused("a batch has at most \(definition.limits.batchMax) messages")
        }
        var answers: [Outgoing] = []
        var parts: [Exchange] = []
        for envelope in envelopes {
            switch take(envelope, era: .legacy, facts: TransportFacts()) {
            case .nothing: break
            case .answer(let answer): answers.append(answer)
            case .part(let part): parts.append(part)
            }
        }
        if parts.isEmpty { return answers.isEmpty ? .nothing : .reply(.batch(answers)) }
        return .call(PendingCall(batch: parts, settled: answers, session: self))
    }

    /// The revision in which a frame that could not be read is answered.
    func replyRevision(_ facts: TransportFacts) -> Revision? {
        if let version = facts.headers?.protocolVersion {
            return Revision(rawValue: version) ?? .july2026
        }
        return kind == .exchange ? .july2026 : revision
    }
}
