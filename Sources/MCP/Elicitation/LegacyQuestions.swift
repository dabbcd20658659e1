internal import JSON
private import Synchronization

/// The requests to a legacy client that wait for its response.
final class LegacyQuestions: Sendable {
    /// What the client sent back: a result or an error.
    typealias Response = Result<JSONValue, RPCError>

    private struct State {
        var open: [RequestID: Delivery<Response>] = [:]
        var nextNumber = 1
        var isClosed = false

        /// The next question; nil when none can be answered any more.
        mutating func ask() -> (id: RequestID, delivery: Delivery<Response>)? {
            guard !isClosed else { return nil }
            let id = RequestID.string("ask-\(nextNumber)")
            let delivery = Delivery<Response>()
            nextNumber += 1
            open[id] = delivery
            return (id, delivery)
        }
    }

    private let state = Mutex(State())

    /// Sends a request to the client and awaits its response, at most for `timeout`.
    ///
    /// - Throws: ``AskError``.
    func ask(
        _ method: String, _ params: JSONObject, _ clock: ProtocolClock, timeout: Duration,
        _ emit: @escaping Emit
    ) async throws -> JSONValue {
        guard let (id, delivery) = state.withLock({ $0.ask() }) else { throw AskError.unanswered }
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
            state.withLock { $0.open[id] = nil }
            await emit(.notification("notifications/cancelled", ["requestId": id.json]))
            throw AskError.unanswered
        }
        switch response {
        case .success(let result): return result
        case .failure(let error): throw AskError.refused(error)
        }
    }

    /// Hands over the client's response; one that nobody waits for is dropped.
    func answer(_ id: RequestID, with response: Response) {
        let delivery = state.withLock { $0.open.removeValue(forKey: id) }
        delivery?.deliver(response)
    }

    /// Gives up waiting, now and for every later question: no response will come.
    func close() {
        let open = state.withLock { state in
            state.isClosed = true
            return Array(state.open.values)
        }
        for delivery in open { delivery.abandon() }
    }
}
