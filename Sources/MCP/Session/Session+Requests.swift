internal import JSON
private import Synchronization

extension Session {
    /// Checks and registers a request that names its revision itself.
    func takeModern(
        _ id: RequestID, _ method: String, _ params: JSONObject, _ facts: TransportFacts
    ) -> Taken {
        do throws(RPCError) {
            guard kind != .session else {
                throw RPCError.invalidRequest("a modern request belongs to no session")
            }
            let meta = try ModernMeta(
                method: method, params: params, headers: facts.headers)
            guard let handler = Methods.modern(method, definition) else {
                throw RPCError.methodNotFound(method)
            }
            let call = try state.withLock { state throws(RPCError) in
                try state.register(id, limits: definition.limits)
            }
            return .part(
                Exchange(
                    session: self, call: call, method: method, revision: meta.revision,
                    params: params, client: meta.client, capabilities: meta.capabilities,
                    logLevel: meta.logLevel, headers: facts.headers, handler: handler))
        } catch {
            return .answer(.error(error, for: id, revision: .july2026))
        }
    }

    /// Checks and registers a request of the revision that `initialize` settled, or answers it
    /// when it only touches the session's own state.
    func takeLegacy(
        _ id: RequestID, _ method: String, _ params: JSONObject, _ facts: TransportFacts
    ) -> Taken {
        let opening = state.withLock { $0.opening }
        do throws(RPCError) {
            guard kind != .exchange else {
                throw RPCError.invalidRequest("a legacy request needs a session")
            }
            if state.withLock({ $0.inFlight[id] != nil }) {
                throw RPCError.invalidRequest("a request with this id is at work")
            }
            if let result = try immediateResult(method, params, opening) {
                return .answer(.result(result, for: id))
            }
            guard let opening else {
                throw RPCError.invalidRequest("\"initialize\" comes first")
            }
            guard let handler = Methods.legacy(method, self, opening.revision) else {
                throw RPCError.methodNotFound(method)
            }
            let (call, level) = try state.withLock { state throws(RPCError) in
                (try state.register(id, limits: definition.limits), state.logLevel)
            }
            return .part(
                Exchange(
                    session: self, call: call, method: method, revision: opening.revision,
                    params: params, client: opening.client, capabilities: opening.capabilities,
                    logLevel: level ?? .info, headers: facts.headers, handler: handler))
        } catch {
            return .answer(.error(error, for: id, revision: opening?.revision))
        }
    }

    /// The results of the legacy methods that only touch the session's own state.
    private func immediateResult(
        _ method: String, _ params: JSONObject, _ opening: SessionState.Opening?
    ) throws(RPCError) -> JSONObject? {
        switch method {
        case "ping":
            return [:]
        case "initialize":
            return try initialize(params)
        case "logging/setLevel" where opening != nil && definition.offersLogging:
            guard let level = params["level"]?.string.flatMap(LogLevel.init) else {
                throw RPCError.invalidParams("\"level\" is no log level")
            }
            state.withLock { $0.logLevel = level }
            return [:]
        case "resources/unsubscribe" where opening != nil && definition.offersSubscriptions:
            watches.unsubscribe(from: try params.requiredString("uri"))
            return [:]
        default:
            return nil
        }
    }

    private func initialize(_ params: JSONObject) throws(RPCError) -> JSONObject {
        let opening = try Handshake.opening(params)
        try state.withLock { state throws(RPCError) in try state.open(opening) }
        watches.announce(definition.listChanges())
        return Handshake.result(opening.revision, session: self)
    }
}
