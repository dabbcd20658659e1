package import JSON

/// What a provider sees of the request that it answers.
package struct CallContext: Sendable {
    package let principal: Principal
    /// Whether this call may, or must, be answered with a task.
    package private(set) var taskMode = TaskMode.unavailable
    let exchange: Exchange
    private(set) var ledger: AskLedger?
    private let progress: ProgressReporter?
    private let emit: Emit

    init(_ exchange: Exchange, progress: ProgressReporter?, emit: @escaping Emit) {
        self.exchange = exchange
        self.progress = progress
        self.emit = emit
        principal = exchange.session.principal
    }

    package var revision: Revision { exchange.revision }
    package var client: ClientInfo? { exchange.client }
    package var capabilities: ClientCapabilities { exchange.capabilities }
    /// The request's `_meta` as it came: trace context (`traceparent`, `tracestate`, `baggage`).
    package var meta: JSONObject { exchange.meta }

    /// Tells the client how far the call is; nothing when it did not ask for progress.
    ///
    /// Values that do not grow are dropped, and only about one per second is sent, but the last
    /// one always before the answer.
    package func report(progress value: Double, total: Double? = nil, message: String? = nil) {
        progress?.report(value, total: total, message: message)
    }

    /// Sends a log message, when the client asked for messages of this level.
    package func log(_ level: LogLevel, _ data: JSONValue, logger: String? = nil) async {
        guard exchange.definition.offersLogging, let wanted = exchange.logLevel, level >= wanted
        else { return }
        var params: JSONObject = ["level": .string(level.rawValue)]
        params["logger"] = logger.map { .string($0) }
        params["data"] = data
        await send(.notification("notifications/message", params))
    }

    /// Whether the client declared that it can answer `request`.
    package func canAsk(_ request: ClientRequest) -> Bool {
        request.isSupported(by: capabilities, revision)
    }

    /// Asks the client for one thing; see ``ask(_:)``.
    package func ask(_ key: String, _ request: ClientRequest) async throws -> ClientAnswer {
        guard let answer = try await ask([key: request])[key] else { throw AskError.unanswered }
        return answer
    }

    /// Asks the client for several things at once, and returns every answer.
    ///
    /// A legacy client is sent requests while the call waits. A modern client gets the requests
    /// as the call's reply: this function then throws an error that the provider lets pass, and
    /// the client repeats the call with its answers; the provider runs again from its start, and
    /// this function returns. Keys name the requests across the rounds of one call, so they must
    /// be the same each time. Nothing irreversible may happen before the last `ask` of a call.
    ///
    /// - Throws: ``AskError``.
    package func ask(_ requests: [String: ClientRequest]) async throws -> [String: ClientAnswer] {
        guard requests.count <= exchange.definition.limits.askMax else {
            throw RPCError.internalError()
        }
        let missing = requests.values.filter { !canAsk($0) }
        guard missing.isEmpty else {
            throw AskError.unsupported(required: Self.union(missing.map(\.requiredCapability)))
        }
        guard revision.era == .modern else { return try await askLegacy(requests) }
        guard let ledger else { throw AskError.unanswered }
        return try ledger.answers(to: requests)
    }

    private func askLegacy(
        _ requests: [String: ClientRequest]
    ) async throws -> [String: ClientAnswer] {
        var answers: [String: ClientAnswer] = [:]
        for (key, request) in requests.sorted(by: { $0.key < $1.key }) {
            guard exchange.call.isRunning else { throw AskError.unanswered }
            answers[key] = try await exchange.session.answer(
                to: request, revision, meta: nil, emit)
        }
        return answers
    }

    private static func union(_ capabilities: [JSONObject]) -> JSONValue {
        var union: JSONObject = [:]
        for member in capabilities.flatMap(\.members) where union[member.key]?["url"] == nil {
            union[member.key] = member.value
        }
        return .object(union)
    }
}

extension CallContext {
    /// Sends a message of this call, while it is at work.
    func send(_ message: Outgoing) async {
        guard exchange.call.isRunning else { return }
        await emit(message)
    }

    /// The last progress that was reported; nil before the first, and when nobody asked for it.
    var progressSoFar: Double? { progress?.last }

    /// The way to the client past the state of the call, for requests that outlast it.
    var rawEmit: Emit { emit }

    /// The same context with one thing changed.
    func with(_ mode: TaskMode) -> CallContext {
        var context = self
        context.taskMode = mode
        return context
    }

    /// The same context with one thing changed.
    func with(_ ledger: AskLedger) -> CallContext {
        var context = self
        context.ledger = ledger
        return context
    }
}
