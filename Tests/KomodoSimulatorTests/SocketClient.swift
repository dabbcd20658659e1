internal import JSON
internal import KomodoSimulator
internal import NIOCore
internal import NIOPosix

/// A websocket client of few bytes: an upgrade, masked text out, frames in.
struct SocketClient {
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var chunks: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var buffer = ByteBuffer()

    /// The answer to the upgrade, without its body.
    private(set) var head = ""

    /// Connects to `/ws/update`, runs `body`, and closes.
    static func connect(
        _ address: SimulatorAddress, _ body: (inout SocketClient) async throws -> Void
    ) async throws {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var client = SocketClient(
                outbound: outbound, chunks: inbound.makeAsyncIterator())
            try await client.upgrade()
            try await body(&client)
        }
    }

    private init(
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        chunks: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) {
        self.outbound = outbound
        self.chunks = chunks
    }

    /// Logs in with an API key.
    func login(_ key: String, _ secret: String) async throws {
        let message: JSONValue = [
            "type": "ApiKeys", "params": ["key": .string(key), "secret": .string(secret)],
        ]
        let text = Array(message.serialized().utf8)
        var frame = ByteBuffer(bytes: [0x81, 0x80 | 126])
        frame.writeInteger(UInt16(text.count))
        // A mask of zeros leaves the text as it is.
        frame.writeInteger(UInt32(0))
        frame.writeBytes(text)
        try await outbound.write(frame)
    }

    /// The text of the next text frame; nil when the server closed.
    mutating func text() async throws -> String? {
        while let (opcode, payload) = try await frame() {
            if opcode == 1 { return payload }
            if opcode == 8 { return nil }
        }
        return nil
    }

    private mutating func upgrade() async throws {
        let request =
            "GET /ws/update HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        try await outbound.write(ByteBuffer(string: request))
        while !head.hasSuffix("\r\n\r\n") {
            guard let byte = try await bytes(1) else { return }
            head += String(decoding: byte, as: UTF8.self)
        }
    }

    private mutating func frame() async throws -> (opcode: UInt8, text: String)? {
        guard let start = try await bytes(2) else { return nil }
        var length = Int(start[1] & 0x7F)
        if length == 126 {
            guard let more = try await bytes(2) else { return nil }
            length = Int(more[0]) << 8 | Int(more[1])
        }
        guard let payload = try await bytes(length) else { return nil }
        return (start[0] & 0x0F, String(decoding: payload, as: UTF8.self))
    }

    private mutating func bytes(_ count: Int) async throws -> [UInt8]? {
        while buffer.readableBytes < count {
            guard var chunk = try await chunks.next(isolation: #isolation) else { return nil }
            buffer.writeBuffer(&chunk)
        }
        return buffer.readBytes(length: count)
    }
}
