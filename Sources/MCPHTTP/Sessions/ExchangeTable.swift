internal import MCP
private import Synchronization

/// The modern requests at work, so that a shutdown reaches them.
final class ExchangeTable: Sendable {
    private struct State {
        var exchanges: [ObjectIdentifier: Session] = [:]
        var isShutDown = false
    }

    private let state = Mutex(State())

    /// Remembers a request until it is removed.
    func insert(_ session: Session) {
        let isShutDown = state.withLock { state in
            state.exchanges[ObjectIdentifier(session)] = session
            return state.isShutDown
        }
        if isShutDown { session.shutDown() }
    }

    /// Forgets a request that is answered.
    func remove(_ session: Session) {
        state.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(session)) }
    }

    /// Ends subscriptions gracefully, also those that are yet to come.
    func shutDown() {
        let exchanges = state.withLock { state in
            state.isShutDown = true
            return Array(state.exchanges.values)
        }
        for session in exchanges { session.shutDown() }
    }

    /// Cancels every request.
    func abandonAll() {
        for session in state.withLock({ Array($0.exchanges.values) }) { session.abandon() }
    }

    /// How many requests are at work.
    var count: Int { state.withLock { $0.exchanges.count } }
}
