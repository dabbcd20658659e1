internal import NIOCore
internal import NIOHTTP1

/// Reads an ordinary answer to the request for an upgrade.
final class UpgradeRefusalHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let line: FeedLine
    /// Makes an end of status, headers and body.
    private let judge: @Sendable (Int, HTTPAnswer.Headers, [UInt8]) -> FeedEnd
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    /// What more there is of a body says nothing.
    private static let bodyBytesMax = 64 << 10

    init(
        line: FeedLine,
        judge: @escaping @Sendable (Int, HTTPAnswer.Headers, [UInt8]) -> FeedEnd
    ) {
        self.line = line
        self.judge = judge
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
        case .body(let part):
            body += part.readableBytesView
            if body.count > Self.bodyBytesMax { finish() }
        case .end: finish()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish()
        context.close(promise: nil)
    }

    private func finish() {
        guard let head else { return line.close(.closed) }
        line.close(
            judge(Int(head.status.code), HTTPAnswer.Headers(head.headers), body))
    }
}
