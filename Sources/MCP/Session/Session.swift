internal import JSON
private import Synchronization

/// The state of the protocol on one stdio connection, in one HTTP session, or during one modern
/// HTTP exchange.
///
/// Frames are taken in order and synchronously; what they ask for runs concurrently.
package final class Session: Sendable {
    /// What the session belongs to.
    package enum Kind: Sendable, Hashable {
        /// A stdio connection: both eras side by side.
        case connection
        /// A legacy session over HTTP.
        case session
        /// One modern request over HTTP.
        case exchange
    }

    package let definition: ServerDefinition
    package let principal: Principal
    package let kind: Kind
    let listsTasks: Bool
    private let state = Mutex(SessionState())
    private let watches: AsyncStream<Watch>
    private let watchInput: AsyncStream<Watch>.Continuation

    /// - Parameter listsTasks: whether `tasks/list` is offered to legacy clients: not where
    ///   different clients share a principal.
    package init(
        definition: ServerDefinition, principal: Principal, kind: Kind, listsTasks: Bool = true
    ) {
        self.definition = definition
        self.principal = principal
        self.kind = kind
        self.listsTasks = listsTasks
        (watches, watchInput) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(
                definition.limits.subscriptionsMax + definition.limits.watchedTasksMax))
    }

    /// The revision that `initialize` settled; nil before.
    package var revision: Revision? { state.withLock { $0.opening?.revision } }
    /// The client of a legacy session.
    package var client: ClientInfo? { state.withLock { $0.opening?.client } }
    /// How many requests are at work.
    package var inFlightCount: Int { state.withLock { $0.active } }

    /// Takes one frame: decodes it once, and registers its requests before it returns.
    package func receive(_ frame: [UInt8], facts: TransportFacts = TransportFacts()) -> Received {
        receive(Inbound(parsing: frame, limits: definition.limits), facts: facts)
    }

    /// Takes a decoded frame.
    package func receive(_ inbound: Inbound, facts: TransportFacts = TransportFacts()) -> Received {
        switch inbound {
        case .unreadable(let error):
            return .reply(.error(error, for: nil, revision: replyRevision(facts)))
        case .batch(let envelopes):
            return receiveBatch(envelopes)
        case .single(let envelope):
            let era = inbound.era(headerVersion: facts.headers?.protocolVersion)
            switch take(envelope, era: era, facts: facts) {
            case .nothing: return .nothing
            case .answer(let answer): return .reply(answer)
            case .part(let part): return .call(PendingCall(part, session: self))
            }
        }
    }

    /// Ends subscription streams gracefully and refuses new requests; calls go on.
    package func shutDown() {
        let (calls, subscriptions) = state.withLock { state in
            state.isShutDown = true
            return (Array(state.inFlight.values), Array(state.subscriptions.values))
        }
        for call in calls { call.closing.end() }
        for end in subscriptions { end.end() }
        watchInput.finish()
    }

    /// Cancels a request that is at work, as `notifications/cancelled` does.
    package func cancel(_ id: RequestID) {
        let call = state.withLock { state in
            let call = state.inFlight[id]
            if let call { state.forget(call) }
            return call
        }
        call?.cancel()
    }

    /// Cancels everything and gives up waiting for the client: the connection is gone.
    package func abandon() {
        shutDown()
        let (calls, asked) = state.withLock { state in
            (Array(state.inFlight.values), Array(state.asked.values))
        }
        for call in calls { call.cancel() }
        for delivery in asked { delivery.abandon() }
    }
}

// MARK: - Taking messages

extension Session {
    /// What one message asks for.
    private enum Taken {
        case nothing
        case answer(Outgoing)
        case part(Exchange)
    }

    private func take(_ envelope: Envelope, era: Era, facts: TransportFacts) -> Taken {
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

    private func takeModern(
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

    private func takeLegacy(
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
            try unsubscribe(params)
            return [:]
        default:
            return nil
        }
    }

    private func initialize(_ params: JSONObject) throws(RPCError) -> JSONObject {
        let opening = try Handshake.opening(params)
        let isFirst = state.withLock { state in
            guard state.opening == nil, !state.isShutDown else { return false }
            state.opening = opening
            return true
        }
        guard isFirst else { throw RPCError.invalidRequest("\"initialize\" was sent before") }
        announceListChanges()
        return Handshake.result(opening.revision, session: self)
    }

    private func takeNotification(_ method: String, _ params: JSONObject) -> Taken {
        if method == "notifications/cancelled", let id = params["requestId"].flatMap(RequestID.init)
        {
            cancel(id)
        }
        return .nothing
    }

    private func takeResponse(_ id: RequestID?, _ result: Result<JSONValue, RPCError>) -> Taken {
        guard let id else { return .nothing }
        let delivery = state.withLock { $0.asked.removeValue(forKey: id) }
        delivery?.deliver(result)
        return .nothing
    }

    private func receiveBatch(_ envelopes: [Envelope]) -> Received {
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

    private func replyRevision(_ facts: TransportFacts) -> Revision? {
        if let version = facts.headers?.protocolVersion {
            return Revision(rawValue: version) ?? .july2026
        }
        return kind == .exchange ? .july2026 : revision
    }
}

// MARK: - Calls

extension Session {
    /// Forgets a call whose answer is about to leave, so that its id is free.
    func settle(_ call: InFlightCall) {
        state.withLock { $0.forget(call) }
    }

    /// Notes that a call's handler has returned.
    func leave(_ call: InFlightCall) {
        state.withLock { state in
            state.forget(call)
            state.active -= 1
        }
    }

    /// Sends a request to a legacy client and awaits its response.
    ///
    /// - Throws: ``AskError``.
    func request(_ method: String, _ params: JSONObject, _ emit: @escaping Emit) async throws
        -> JSONValue
    {
        let delivery = Delivery<Result<JSONValue, RPCError>>()
        let id = state.withLock { state in
            let id = RequestID.string("ask-\(state.nextAskNumber)")
            state.nextAskNumber += 1
            state.asked[id] = delivery
            return id
        }
        let clock = definition.clock
        let timeout = definition.limits.askTimeout
        let response = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                if await clock.pause(timeout) { delivery.abandon() }
            }
            await emit(.request(id, method, params))
            let response = await delivery.value()
            group.cancelAll()
            return response
        }
        guard let response else {
            state.withLock { $0.asked[id] = nil }
            await emit(.notification("notifications/cancelled", ["requestId": id.json]))
            throw AskError.unanswered
        }
        switch response {
        case .success(let result): return result
        case .failure(let error): throw AskError.refused(error)
        }
    }
}

// MARK: - Watches of legacy sessions

extension Session {
    /// Sends what belongs to no request of a legacy client: updates of resources, lists and
    /// tasks.
    ///
    /// Runs until it is cancelled or the session is shut down; called once.
    package func serve(_ emit: @escaping Emit) async {
        await withDiscardingTaskGroup { group in
            for await watch in watches {
                group.addTask { await watch.run(self.definition.clock, emit) }
            }
            group.cancelAll()
        }
    }

    /// Watches a resource for a legacy client.
    ///
    /// - Returns: false when the session watches too many.
    func subscribe(to uri: String, _ changes: AsyncStream<Void>) -> Bool {
        let end = Signal()
        let (isNew, fits) = state.withLock { state in
            guard state.subscriptions[uri] == nil else { return (false, true) }
            guard state.subscriptions.count < definition.limits.subscriptionsMax,
                !state.isShutDown
            else { return (false, false) }
            state.subscriptions[uri] = end
            return (true, true)
        }
        if isNew {
            watchInput.yield(
                .updates(of: uri, changes, every: definition.limits.updateInterval, until: end))
        }
        return fits
    }

    private func unsubscribe(_ params: JSONObject) throws(RPCError) {
        guard let uri = params["uri"]?.string else {
            throw RPCError.invalidParams("\"uri\" must be a string")
        }
        let end = state.withLock { $0.subscriptions.removeValue(forKey: uri) }
        end?.end()
    }

    /// Watches a task that a legacy client got as an answer.
    func watch(task view: TaskView, _ provider: any TaskProvider) {
        let fits = state.withLock { state in
            guard state.watchedTasks < definition.limits.watchedTasksMax, !state.isShutDown
            else { return false }
            state.watchedTasks += 1
            return true
        }
        guard fits else { return }
        let principal = principal
        let interval = definition.limits.updateInterval
        watchInput.yield(
            Watch { clock, emit in
                await LegacyTasks.follow(view, provider, principal, clock, interval, emit)
                self.state.withLock { $0.watchedTasks -= 1 }
            })
    }

    private func announceListChanges() {
        let interval = definition.limits.updateInterval
        for (kind, changes) in definition.listChanges() {
            watchInput.yield(.listChange(kind, changes, every: interval))
        }
    }
}
