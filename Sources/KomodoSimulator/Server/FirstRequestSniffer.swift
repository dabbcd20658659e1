internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// Reads the head of a connection's first request and sets up HTTP or a websocket.
///
/// Only `/ws/…` can become a websocket, so that every other request is passed on after its first
/// bytes.
final class FirstRequestSniffer: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let http: HTTP1Channel
    private let logger: Logger
    private let promise: EventLoopPromise<ClientConnection.Negotiated>
    private let refusesSockets: @Sendable () -> Bool
    private let noteUpgrade: @Sendable (String) -> Void
    private var buffer = ByteBuffer()
    private var isDecided = false

    /// The beginning of requests that may ask for an upgrade.
    private static let prefix = Array("GET /ws/".utf8)
    /// The longest head that is waited for.
    private static let headBytesMax = 16 * 1024
    /// The largest websocket frame of a client.
    private static let frameBytesMax = 64 * 1024

    init(
        http: HTTP1Channel, logger: Logger,
        promise: EventLoopPromise<ClientConnection.Negotiated>,
        refusesSockets: @escaping @Sendable () -> Bool,
        noteUpgrade: @escaping @Sendable (String) -> Void
    ) {
        self.http = http
        self.logger = logger
        self.promise = promise
        self.refusesSockets = refusesSockets
        self.noteUpgrade = noteUpgrade
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDecided else { return context.fireChannelRead(data) }
        var read = unwrapInboundIn(data)
        buffer.writeBuffer(&read)
        let seen = buffer.readableBytesView
        guard seen.elementsEqual(Self.prefix.prefix(seen.count)) || mayUpgrade else {
            return becomeHTTP(context)
        }
        guard let length = headLength else {
            if buffer.readableBytes > Self.headBytesMax { becomeHTTP(context) }
            return
        }
        let head = headers(length: length)
        let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: head)
        guard head["Upgrade"].contains(where: { $0.lowercased() == "websocket" }),
            !refusesSockets()
        else { return becomeHTTP(context) }
        noteUpgrade(path(length: length))
        buffer.moveReaderIndex(forwardBy: length)
        becomeSocket(context, request)
    }

    func channelInactive(context: ChannelHandlerContext) {
        decideClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        decideClosed()
        context.close(promise: nil)
    }

    private var mayUpgrade: Bool { buffer.readableBytesView.starts(with: Self.prefix) }

    /// The number of bytes up to and with the empty line, once it has arrived.
    private var headLength: Int? {
        let bytes = Array(buffer.readableBytesView)
        let end = Array("\r\n\r\n".utf8)
        return bytes.indices.dropLast(3).first { bytes[$0..<$0 + 4].elementsEqual(end) }
            .map { $0 + end.count }
    }

    /// The path in the first line of a head of so many bytes.
    private func path(length: Int) -> String {
        let text = buffer.getString(at: buffer.readerIndex, length: length) ?? ""
        let target = text.prefix { $0 != "\r\n" }.split(separator: " ").dropFirst().first ?? ""
        return String(target.prefix { $0 != "?" })
    }

    /// The header fields of a head of so many bytes.
    private func headers(length: Int) -> HTTPHeaders {
        var headers = HTTPHeaders()
        let text = buffer.getString(at: buffer.readerIndex, length: length) ?? ""
        for line in text.split(separator: "\r\n").dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers.add(name: String(line[..<colon]), value: String(value))
        }
        return headers
    }

    private func decideClosed() {
        guard !isDecided else { return }
        isDecided = true
        promise.succeed(.closed)
    }

    private func becomeHTTP(_ context: ChannelHandlerContext) {
        isDecided = true
        http.setup(channel: context.channel, logger: logger).map { .http($0) }
            .cascade(to: promise)
        passOn(context)
    }

    private func becomeSocket(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        isDecided = true
        let upgrader = NIOWebSocketServerUpgrader(
            maxFrameSize: Self.frameBytesMax,
            shouldUpgrade: { channel, _ in
                channel.eventLoop.makeSucceededFuture(HTTPHeaders())
            },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        upgrader.buildUpgradeResponse(
            channel: context.channel, upgradeRequest: head,
            initialResponseHeaders: ["Connection": "Upgrade", "Upgrade": "websocket"]
        ).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let fields): self.switchProtocols(context, fields)
            case .failure: self.refuse(context)
            }
        }
    }

    private func switchProtocols(_ context: ChannelHandlerContext, _ fields: HTTPHeaders) {
        var text = "HTTP/1.1 101 Switching Protocols\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        let answer = ByteBuffer(string: text + "\r\n")
        context.writeAndFlush(NIOAny(answer), promise: nil)
        do {
            let operations = context.pipeline.syncOperations
            try operations.addHandler(WebSocketFrameEncoder())
            try operations.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: Self.frameBytesMax)))
            try operations.addHandler(WebSocketProtocolErrorHandler())
            let channel = try NIOAsyncChannel<WebSocketFrame, WebSocketFrame>(
                wrappingChannelSynchronously: context.channel)
            promise.succeed(.socket(channel))
        } catch {
            promise.fail(error)
            return context.close(promise: nil)
        }
        passOn(context)
    }

    private func refuse(_ context: ChannelHandlerContext) {
        promise.succeed(.closed)
        let answer = ByteBuffer(
            string: "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        context.writeAndFlush(NIOAny(answer), promise: nil)
        context.close(promise: nil)
    }

    private func passOn(_ context: ChannelHandlerContext) {
        if buffer.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(buffer)) }
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
