internal import HTTPTypes
internal import Logging
internal import MCP
private import Synchronization

/// What the requests of a server share.
final class Endpoint: Sendable {
    let definition: ServerDefinition
    let configuration: HTTPConfiguration
    let gate: Gate
    let sessions: SessionTable
    let exchanges = ExchangeTable()
    let admission: Admission
    let bodies: BodyRoom
    let pool: CallPool
    private let control: AccessControl
    private let ready: @Sendable () async -> Readiness
    private let isShutDown = Mutex(false)
    private let lastReadiness = Mutex<(at: Duration, reply: Reply)?>(nil)

    /// The largest body of a request.
    var bodyBytesMax: Int { min(limits.bodyBytesMax, definition.limits.frameBytesMax) }
    var limits: HTTPLimits { configuration.limits }
    var clock: ProtocolClock { definition.clock }

    init(
        _ definition: ServerDefinition, _ configuration: HTTPConfiguration,
        _ tokens: any TokenSource, ready: @escaping @Sendable () async -> Readiness
    ) throws(HTTPServerError) {
        gate = try Gate(configuration)
        control = AccessControl(tokens, configuration)
        self.definition = definition
        self.configuration = configuration
        self.ready = ready
        sessions = SessionTable(limits: configuration.limits)
        admission = Admission(limits: configuration.limits)
        bodies = BodyRoom(limits: configuration.limits)
        pool = CallPool(callsMax: configuration.limits.callsMax)
    }

    /// Whether new requests are refused.
    var isShuttingDown: Bool { isShutDown.withLock { $0 } }

    /// Whether a legacy client may list tasks: when it sees its own alone.
    func listsTasks(for holder: Holder) -> Bool {
        !holder.isLocal || configuration.sharesTaskLists
    }

    // MARK: Access

    /// Checks before anything listens that not everybody can come in from elsewhere.
    func checkSafety() async throws(HTTPServerError) { try await control.checkSafety() }

    /// Whoever sent a request to the endpoint.
    func admit(_ head: HTTPRequest) async throws(Refused) -> Holder {
        try gate.authenticate(head, await control.current())
    }

    /// Ends what belongs to tokens that are valid no more, until the task is cancelled.
    func endWithdrawn() async {
        while await clock.pause(limits.tokenCheckInterval) {
            guard exchanges.count > 0 || !sessions.all.isEmpty else { continue }
            // While the tokens cannot be read, nothing is known to be withdrawn.
            guard let access = try? await control.current() else { continue }
            exchanges.end { !access.admits($0) }
            sessions.end { !access.admits($0) }
        }
    }

    // MARK: Life

    /// Refuses new requests and ends what lasts; calls go on.
    func beginShutdown() {
        isShutDown.withLock { $0 = true }
        exchanges.shutDown()
        for entry in sessions.all { entry.session.shutDown() }
    }

    /// Cancels what is at work.
    func abandonAll() {
        exchanges.end { _ in true }
        sessions.end { _ in true }
    }

    /// Ends idle sessions and drops outdated events until the task is cancelled.
    func sweep() async {
        while await clock.pause(limits.sweepInterval) { sessions.sweep() }
    }

    /// The answer to `GET /ready`, which is found out only now and then.
    func readiness() async -> Reply {
        let now = clock.uptime()
        if let last = lastReadiness.withLock({ $0 }), now - last.at < limits.readyKept {
            return last.reply
        }
        let reply = await findReadiness()
        lastReadiness.withLock { $0 = (now, reply) }
        return reply
    }

    private func findReadiness() async -> Reply {
        let readiness = await withTaskGroup(of: Readiness?.self) { group in
            group.addTask { [ready] in await ready() }
            group.addTask { [clock, limits] in
                _ = await clock.pause(limits.readyTimeout)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        switch readiness {
        case .ready?: return .json(200, #"{"status":"ready"}"#)
        case .notReady(let reason)?: return .notReady(reason)
        case nil: return .notReady("The check took too long")
        }
    }
}
