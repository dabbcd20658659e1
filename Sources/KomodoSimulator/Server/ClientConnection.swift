internal import HummingbirdCore
internal import NIOCore
internal import NIOWebSocket
private import Synchronization

/// A client's connection, whose protocol is known once its first request has arrived.
///
/// A server that ends drops connections that were accepted at the same moment. NIO ends the
/// process when the inner channel of such a connection goes without being closed, so that this
/// closes it.
final class ClientConnection: ServerChildChannelValue {
    /// What a connection turned out to be.
    enum Negotiated: Sendable {
        case http(HTTP1Channel.Value)
        case socket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
        /// It closed before it said anything.
        case closed
    }

    let channel: any Channel
    private let negotiated: EventLoopFuture<Negotiated>
    private let isTaken = Atomic(false)

    init(channel: any Channel, negotiated: EventLoopFuture<Negotiated>) {
        self.channel = channel
        self.negotiated = negotiated
    }

    /// What the connection turns out to be, for whoever serves and closes it.
    func take() -> EventLoopFuture<Negotiated> {
        isTaken.store(true, ordering: .relaxed)
        return negotiated
    }

    deinit {
        guard !isTaken.load(ordering: .relaxed) else { return }
        negotiated.whenSuccess { negotiated in Task { await negotiated.close() } }
        channel.close(promise: nil)
    }
}

extension ClientConnection.Negotiated {
    /// Closes what nobody serves.
    fileprivate func close() async {
        // A connection that is broken already is as good as closed.
        switch self {
        case .http(let channel): try? await channel.executeThenClose { _, _ in }
        case .socket(let channel): try? await channel.executeThenClose { _, _ in }
        case .closed: break
        }
    }
}
