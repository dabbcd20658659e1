internal import NIOCore
private import Synchronization

/// A client's connection, as what waits for its end sees it.
final class Connection: Sendable {
    private struct State {
        var isClosed = false
        var isReadingBody = false
        var onClose: (@Sendable () -> Void)?
    }

    private let channel: any Channel
    private let state = Mutex(State())

    init(_ channel: any Channel) {
        self.channel = channel
        channel.closeFuture.whenComplete { [weak self] _ in self?.closed() }
    }

    /// Calls `action` when the client is gone, at once if it is; replaces the action before.
    func whenClosed(_ action: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            state.onClose = action
            return state.isClosed
        }
        if isClosed { action() }
    }

    /// Forgets the action.
    func forgetAction() { state.withLock { $0.onClose = nil } }

    /// Notes whether the body of a request is on its way.
    func setReadingBody(_ isReadingBody: Bool) {
        state.withLock { $0.isReadingBody = isReadingBody }
    }

    /// Whether the body of a request is on its way.
    var isReadingBody: Bool { state.withLock { $0.isReadingBody } }

    /// Calls `action` when the connection has closed.
    func onceClosed(_ action: @escaping @Sendable () -> Void) {
        channel.closeFuture.whenComplete { _ in action() }
    }

    /// Closes it at once.
    func close() { channel.close(promise: nil) }

    /// Throws away whatever the client sends from now on.
    func discardInput() {
        channel.eventLoop.execute { [channel] in
            // A connection that is closed already sends nothing.
            try? channel.pipeline.syncOperations.addHandler(InputDrain(), position: .first)
        }
    }

    private func closed() {
        let action = state.withLock { state in
            state.isClosed = true
            return state.onClose
        }
        action?()
    }
}
