internal import MCP
private import Synchronization

/// The modern requests at work, so that a shutdown and the end of a token reach them.
final class ExchangeTable: Sendable {
    /// A request with what carries its answer.
    struct Exchange: Sendable {
        let session: Session
        let holder: Holder
        let stream: EventStream

        /// Cancels it.
        func end() {
            session.abandon()
            stream.close()
        }
    }

    private struct State {
        var exchanges: [ObjectIdentifier: Exchange] = [:]
        var isShutDown = false
    }

    private let state = Mutex(State())

    /// Remembers a request until it is removed.
    func insert(_ exchange: Exchange) {
        let isShutDown = state.withLock { state in
            state.exchanges[ObjectIdentifier(exchange.session)] = exchange
            return state.isShutDown
        }
        if isShutDown { exchange.session.shutDown() }
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
        for exchange in exchanges { exchange.session.shutDown() }
    }

    /// Cancels the requests of those whom `isEnded` names.
    func end(where isEnded: (Holder) -> Bool) {
        for exchange in state.withLock({ Array($0.exchanges.values) })
        where isEnded(exchange.holder) { exchange.end() }
    }

    /// How many requests are at work.
    var count: Int { state.withLock { $0.exchanges.count } }
}
