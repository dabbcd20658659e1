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
    let pool = CallPool()
    private let hasTokens: Bool
    private let ready: @Sendable () async -> Readiness
    private let isShutDown = Mutex(false)

    var limits: HTTPLimits { configuration.limits }
    var clock: ProtocolClock { definition.clock }

    init(
        _ definition: ServerDefinition, _ configuration: HTTPConfiguration,
        _ tokens: TokenRegistry, ready: @escaping @Sendable () async -> Readiness
    ) throws(HTTPServerError) {
        gate = try Gate(configuration, tokens)
        self.definition = definition
        self.configuration = configuration
        hasTokens = !tokens.isEmpty
        self.ready = ready
        sessions = SessionTable(limits: configuration.limits)
        admission = Admission(limits: configuration.limits)
    }

    /// Whether new requests are refused.
    var isShuttingDown: Bool { isShutDown.withLock { $0 } }

    /// Whether legacy clients may list tasks: when each sees its own.
    var listsTasks: Bool { hasTokens || configuration.sharesTaskLists }

    /// Refuses new requests and ends what lasts; calls go on.
    func beginShutdown() {
        isShutDown.withLock { $0 = true }
        exchanges.shutDown()
        for entry in sessions.all { entry.session.shutDown() }
    }

    /// Cancels what is at work.
    func abandonAll() {
        exchanges.abandonAll()
        for entry in sessions.all { sessions.remove(entry) }
    }

    /// Ends idle sessions and drops outdated events until the task is cancelled.
    func sweep() async {
        while await clock.pause(limits.sweepInterval) { sessions.sweep() }
    }

    /// The answer to `GET /ready`.
    func readiness() async -> Reply {
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
