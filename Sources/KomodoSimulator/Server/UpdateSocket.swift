internal import JSON
internal import NIOCore
internal import NIOWebSocket

/// Serves `/ws/update`: a login, then one list item for each event.
struct UpdateSocket: Sendable {
    let core: SimulatedCore

    /// The pause between two pings.
    private static let pingInterval = Duration.seconds(30)

    private typealias Inbound = NIOAsyncChannelInboundStream<WebSocketFrame>
    private typealias Outbound = NIOAsyncChannelOutboundWriter<WebSocketFrame>

    /// Serves a connection until either side closes it.
    func serve(_ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>) async {
        let address = channel.channel.remoteAddress?.ipAddress ?? ""
        // A failed read or write ends this connection and concerns nobody else.
        try? await channel.executeThenClose { inbound, outbound in
            var frames = inbound.makeAsyncIterator()
            guard let login = try await Self.text(&frames) else { return }
            let user: Operator
            do throws(Reply) {
                user = try authenticate(login, from: address)
            } catch {
                try await Self.send("[401 Unauthorized]: \(Self.message(error))", to: outbound)
                return try await Self.close(outbound)
            }
            // Events from now on are kept, though the client hears of its login first.
            let (number, items) = core.events.subscribe(isRestricted: user.isRestricted)
            defer { core.events.unsubscribe(number) }
            try await Self.send("LOGGED_IN", to: outbound)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Whoever stops sending takes the connection down.
                    defer { channel.channel.close(promise: nil) }
                    try await send(items, to: outbound)
                }
                try await Self.drain(&frames)
                group.cancelAll()
            }
        }
    }

    private func authenticate(_ login: String, from address: String) throws(Reply) -> Operator {
        // Text that is not JSON has no credentials.
        let message = try? JSONValue(parsing: login)
        let params = message?["params"]
        guard message?["type"]?.string == "ApiKeys" else {
            throw .error(401, "Invalid user credentials")
        }
        let credentials = Credentials(
            key: params?["key"]?.string, secret: params?["secret"]?.string, address: address)
        return try core.withState { (state) throws(Reply) in try state.authenticate(credentials) }
    }

    private static func message(_ reply: Reply) -> String {
        // The body is this simulator's own JSON.
        let value = try? JSONValue(parsing: String(buffer: reply.body))
        return value?["error"]?.string ?? ""
    }

    private func send(_ items: AsyncStream<String>, to outbound: Outbound) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await ping(outbound) }
            group.addTask { try await forward(items, to: outbound) }
            try await group.next()
            group.cancelAll()
        }
    }

    private func forward(_ items: AsyncStream<String>, to outbound: Outbound) async throws {
        var sent = 0
        for await item in items {
            let fault = core.withState { $0.faults.websocket }
            if let most = fault.closeAfter, sent >= most { return try await Self.close(outbound) }
            if let most = fault.stallAfter, sent >= most { continue }
            for _ in 0...fault.duplicates { try await Self.send(item, to: outbound) }
            sent += 1
        }
        // Unsubscribed for lagging: silent, but open, until the client leaves.
        try await Task.sleep(for: .seconds(1 << 30))
    }

    private func ping(_ outbound: Outbound) async throws {
        while true {
            try await Task.sleep(for: Self.pingInterval)
            if core.withState({ $0.faults.websocket.stallAfter }) != nil { continue }
            try await outbound.write(
                WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
        }
    }

    /// Reads until the client closes; everything else that it sends is ignored.
    @concurrent
    private static func drain(_ frames: inout Inbound.AsyncIterator) async throws {
        while let frame = try await frames.next() {
            if frame.opcode == .connectionClose { return }
        }
    }

    @concurrent
    private static func text(_ frames: inout Inbound.AsyncIterator) async throws -> String? {
        while let frame = try await frames.next() {
            switch frame.opcode {
            case .text: return String(buffer: frame.unmaskedData)
            case .connectionClose: return nil
            default: continue
            }
        }
        return nil
    }

    private static func send(_ text: String, to outbound: Outbound) async throws {
        try await outbound.write(
            WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
    }

    private static func close(_ outbound: Outbound) async throws {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: .normalClosure)
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
    }
}
