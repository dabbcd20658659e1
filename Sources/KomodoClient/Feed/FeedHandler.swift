internal import NIOCore
internal import NIOWebSocket

/// Hears an open websocket: answers pings, and passes on what is told.
final class FeedHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let line: FeedLine
    private let now: @Sendable () -> Duration
    private let hear: @Sendable (FeedNews) -> Void
    /// Gets the number of texts that could not be read.
    private let left: @Sendable (Int) -> Void
    private var session: FeedSession

    init(
        session: FeedSession, line: FeedLine, now: @escaping @Sendable () -> Duration,
        hear: @escaping @Sendable (FeedNews) -> Void, left: @escaping @Sendable (Int) -> Void
    ) {
        self.session = session
        self.line = line
        self.now = now
        self.hear = hear
        self.left = left
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        line.hear(at: now())
        switch frame.opcode {
        case .text: react(to: Array(frame.unmaskedData.readableBytesView))
        case .ping: send(.pong, frame.unmaskedData, context)
        case .connectionClose:
            send(.connectionClose, frame.unmaskedData, context)
            line.close(.closed)
        case .pong: break
        default: _ = session.ignore()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        line.close(.closed)
        left(session.ignored)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error:
            var reason = ByteBuffer()
            reason.write(webSocketErrorCode: .protocolError)
            send(.connectionClose, reason, context)
            line.close(.unreadable)
        default: line.close(.closed)
        }
        context.close(promise: nil)
    }

    private func react(to text: [UInt8]) {
        guard line.end == nil else { return }
        switch session.receive(text) {
        case .opened:
            if line.open(at: now()) { hear(.opened) }
        case .hint(let hint): hear(.told(hint))
        case .refused(let refusal): line.close(FeedEnd(login: refusal))
        case .strange(let words): line.close(FeedEnd(strange: words))
        case .nothing: break
        }
    }

    private func send(
        _ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext
    ) {
        context.writeAndFlush(wrapOutboundOut(.ofClient(opcode, data)), promise: nil)
    }
}

extension WebSocketFrame {
    /// A whole frame of a client, which is masked (RFC 6455 §5.3).
    static func ofClient(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
    }
}
