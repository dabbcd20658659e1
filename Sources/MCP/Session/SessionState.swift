/// What a session remembers; a value, changed under the session's lock.
struct SessionState {
    /// What `initialize` settled.
    struct Opening {
        let revision: Revision
        let client: ClientInfo?
        let capabilities: ClientCapabilities
    }

    /// nil until `initialize` came.
    var opening: Opening?
    /// The level below which a legacy client wants no messages; nil while it has not said.
    var logLevel: LogLevel?
    /// Requests that are registered and not yet answered or cancelled.
    var inFlight: [RequestID: InFlightCall] = [:]
    /// How many handlers are at work, cancelled ones included.
    var active = 0
    var isShutDown = false

    /// Notes what `initialize` settles.
    ///
    /// - Throws: the answer to a second one, or after the end.
    mutating func open(_ opening: Opening) throws(RPCError) {
        guard !isShutDown else { throw Self.shuttingDown }
        guard self.opening == nil else {
            throw RPCError.invalidRequest("\"initialize\" was sent before")
        }
        self.opening = opening
    }

    /// Registers a request.
    ///
    /// - Throws: the answer to a duplicate id, to one request too many, or after the end.
    mutating func register(_ id: RequestID, limits: ProtocolLimits) throws(RPCError)
        -> InFlightCall
    {
        guard !isShutDown else { throw Self.shuttingDown }
        guard inFlight[id] == nil else {
            throw RPCError.invalidRequest("a request with this id is at work")
        }
        guard active < limits.inFlightMax else {
            throw RPCError.invalidRequest(
                "\(limits.inFlightMax) requests are at work; wait for an answer")
        }
        let call = InFlightCall(id: id)
        inFlight[id] = call
        active += 1
        return call
    }

    /// Forgets `call`, unless its id has been taken by a later request.
    mutating func forget(_ call: InFlightCall) {
        if inFlight[call.id] === call { inFlight[call.id] = nil }
    }

    private static let shuttingDown = RPCError.invalidRequest("the server is shutting down")
}
