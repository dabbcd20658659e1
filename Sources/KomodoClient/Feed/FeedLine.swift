internal import NIOCore
internal import Synchronization

/// One connection of the feed, from the try to its end.
///
/// It is shared by the channel's handlers and the task that waits for its end; the first end counts.
final class FeedLine: Sendable {
    private struct State {
        var channel: (any Channel)?
        var heardAt: Duration
        var openedAt: Duration?
        var end: FeedEnd?
    }

    private let state: Mutex<State>
    /// Yields once the login is accepted, and finishes with the connection.
    let openings: AsyncStream<Void>
    private let opening: AsyncStream<Void>.Continuation

    init(at now: Duration) {
        state = Mutex(State(heardAt: now))
        (openings, opening) = AsyncStream.makeStream(of: Void.self)
    }

    /// Why it ended; nil before it did.
    var end: FeedEnd? { state.withLock { $0.end } }
    /// When the login was accepted.
    var openedAt: Duration? { state.withLock { $0.openedAt } }
    /// When something came last; before that, the beginning.
    var heardAt: Duration { state.withLock { $0.heardAt } }

    /// Takes a channel as its own, unless it has ended already.
    func adopt(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard state.end == nil else { return false }
            state.channel = channel
            return true
        }
    }

    /// Something has come.
    func hear(at now: Duration) {
        state.withLock { $0.heardAt = now }
    }

    /// The login is accepted.
    ///
    /// - Returns: false when it has ended already.
    func open(at now: Duration) -> Bool {
        let isOpen = state.withLock { state in
            guard state.end == nil else { return false }
            state.openedAt = now
            return true
        }
        if isOpen { opening.yield() }
        return isOpen
    }

    /// Waits until handlers of the channel that were at something have done it.
    func settle() async {
        guard let channel = state.withLock({ $0.channel }) else { return }
        // A loop that has ended runs no handlers.
        try? await channel.eventLoop.submit {}.get()
    }

    /// Ends it for this reason, unless it has ended already.
    func close(_ end: FeedEnd) {
        let channel = state.withLock { state -> (any Channel)? in
            guard state.end == nil else { return nil }
            state.end = end
            return state.channel
        }
        channel?.close(promise: nil)
        opening.finish()
    }
}
