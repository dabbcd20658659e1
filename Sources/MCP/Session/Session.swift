internal import JSON
internal import Synchronization

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
    let state = Mutex(SessionState())
    /// What a legacy client is told without having asked in the same message.
    let watches: LegacyWatches
    /// What a legacy client was asked and has not answered.
    let questions = LegacyQuestions()

    /// - Parameter listsTasks: whether `tasks/list` is offered to legacy clients: not where
    ///   different clients share a principal.
    package init(
        definition: ServerDefinition, principal: Principal, kind: Kind, listsTasks: Bool = true
    ) {
        self.definition = definition
        self.principal = principal
        self.kind = kind
        self.listsTasks = listsTasks
        watches = LegacyWatches(limits: definition.limits)
    }

    /// The revision that `initialize` settled; nil before.
    package var revision: Revision? { state.withLock { $0.opening?.revision } }
    /// The client of a legacy session.
    package var client: ClientInfo? { state.withLock { $0.opening?.client } }
    /// How many handlers are at work, those of cancelled requests included.
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

    /// Sends what belongs to no request of a legacy client: updates of resources, lists and
    /// tasks.
    ///
    /// Runs until it is cancelled or the session is shut down; called once.
    package func serve(_ emit: @escaping Emit) async {
        await watches.run(definition.clock, emit)
    }

    // MARK: The end

    /// Cancels a request that is at work, as `notifications/cancelled` does.
    package func cancel(_ id: RequestID) {
        let call = state.withLock { state in
            let call = state.inFlight[id]
            if let call { state.forget(call) }
            return call
        }
        call?.cancel()
    }

    /// Ends subscription streams gracefully and refuses new requests; calls go on.
    package func shutDown() {
        let calls = state.withLock { state in
            state.isShutDown = true
            return Array(state.inFlight.values)
        }
        for call in calls { call.closing.end() }
        watches.end()
    }

    /// Shuts down because the client sends no more: it is not waited for to answer questions.
    package func endInput() {
        shutDown()
        questions.close()
    }

    /// Cancels everything and gives up waiting for the client: the connection is gone.
    package func abandon() {
        endInput()
        for call in state.withLock({ Array($0.inFlight.values) }) { call.cancel() }
    }

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
}
