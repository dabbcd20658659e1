internal import Synchronization

/// Hands every update event to every listener of `/ws/update`.
///
/// A listener that lags behind ``capacity`` events hears nothing more while its socket stays open,
/// as it does with Core.
final class UpdateEvents: Sendable {
    private struct Listener {
        let isRestricted: Bool
        let continuation: AsyncStream<String>.Continuation
    }

    private struct State {
        var listeners: [Int: Listener] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Events that wait for a slow listener.
    static let capacity = 100

    /// A stream of list items as JSON text, until ``unsubscribe(_:)``.
    ///
    /// - Parameter isRestricted: whether events of forbidden resources are kept back.
    func subscribe(isRestricted: Bool) -> (number: Int, items: AsyncStream<String>) {
        let (items, continuation) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingOldest(Self.capacity))
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = Listener(
                isRestricted: isRestricted, continuation: continuation)
            return state.next
        }
        return (number, items)
    }

    /// Ends a subscription.
    func unsubscribe(_ number: Int) {
        state.withLock { $0.listeners.removeValue(forKey: number) }?.continuation.finish()
    }

    /// Sends one list item; `isRestricted` items reach unrestricted listeners only.
    func publish(_ item: String, isRestricted: Bool) {
        state.withLock { state in
            for (number, listener) in state.listeners
            where !(isRestricted && listener.isRestricted) {
                if case .dropped = listener.continuation.yield(item) {
                    state.listeners[number] = nil
                }
            }
        }
    }
}
