internal import HummingbirdCore
internal import NIOCore
internal import NIOWebSocket

/// A client's connection, whose protocol is known once its first request has arrived.
struct ClientConnection: ServerChildChannelValue {
    /// What a connection turned out to be.
    enum Negotiated: Sendable {
        case http(HTTP1Channel.Value)
        case socket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
        /// It closed before it said anything.
        case closed
    }

    let channel: any Channel
    let negotiated: EventLoopFuture<Negotiated>
}
