private import Glibc
internal import NIOCore
internal import NIOPosix

/// Reads requests from one connection and performs the script's reactions.
final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let script: ScriptedServer.Script
    private let record: SharedRecord
    private let connection: Int
    private var text: [UInt8] = []
    private var request: ScriptedServer.Request?
    private var bodyLength = 0
    private var hasReacted = false
    private var isUpgraded = false

    init(_ script: ScriptedServer.Script, record: SharedRecord, connection: Int) {
        self.script = script
        self.record = record
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += Array(unwrapInboundIn(data).readableBytesView)
        if request == nil, !isUpgraded { readHead(context) }
        if request != nil { readBody(context) }
        if isUpgraded { readUpgraded() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        record.update { $0.closed += 1 }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func readHead(_ context: ChannelHandlerContext) {
        guard let end = text.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
        let head = String(decoding: text[..<end.lowerBound], as: UTF8.self)
        text.removeSubrange(..<end.upperBound)
        var lines = head.split(separator: "\r\n").map(String.init)
        let words = lines.removeFirst().split(separator: " ").map(String.init)
        var headers: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] =
                parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let request = ScriptedServer.Request(
            connection: connection, method: words[0], path: words[1], headers: headers, body: "")
        bodyLength = headers["content-length"].flatMap { Int($0) } ?? 0
        self.request = request
        hasReacted = false
        record.update { $0.heads.append(request) }
        if let actions = script.onHead(request) {
            hasReacted = true
            Self.perform(actions[...], on: context.channel)
        }
    }

    private func readBody(_ context: ChannelHandlerContext) {
        let missing = text.count
        guard missing >= bodyLength, var request else {
            return
        }
        request.body = String(decoding: text.prefix(bodyLength), as: UTF8.self)
        text.removeFirst(bodyLength)
        self.request = nil
        isUpgraded = request.headers["upgrade"] != nil
        record.update { record in
            record.bodyBytes += request.body.utf8.count
            record.requests.append(request)
        }
        if !hasReacted { Self.perform(script.onRequest(request)[...], on: context.channel) }
    }

    private func readUpgraded() {
        let more = text
        text = []
        record.update { $0.upgraded += more }
    }

    private static func perform(
        _ actions: ArraySlice<ScriptedServer.Action>, on channel: any Channel
    ) {
        guard let action = actions.first else { return }
        let rest = actions.dropFirst()
        switch action {
        case .send(let text):
            channel.writeAndFlush(ByteBuffer(string: text)).whenSuccess {
                perform(rest, on: channel)
            }
        case .bytes(let bytes):
            channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenSuccess {
                perform(rest, on: channel)
            }
        case .flood(let count):
            let piece = min(count, 1 << 20)
            let buffer = ByteBuffer(repeating: UInt8(ascii: "x"), count: piece)
            let next = count > piece ? [.flood(count - piece)] + rest : rest
            channel.writeAndFlush(buffer).whenSuccess { perform(next, on: channel) }
        case .dribble(let text, let piece, let pause):
            let later = String(text.dropFirst(piece))
            let next: ArraySlice<ScriptedServer.Action> =
                later.isEmpty
                ? rest : [.pause(pause), .dribble(later, piece: piece, pause: pause)] + rest
            channel.writeAndFlush(ByteBuffer(string: String(text.prefix(piece))))
                .whenSuccess { perform(next, on: channel) }
        case .pause(let duration):
            channel.eventLoop.scheduleTask(in: TimeAmount(duration)) { perform(rest, on: channel) }
        case .close:
            channel.close(promise: nil)
        case .reset:
            let now = linger(l_onoff: 1, l_linger: 0)
            guard let provider = channel as? any SocketOptionProvider else { return }
            provider.setSoLinger(now).whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
