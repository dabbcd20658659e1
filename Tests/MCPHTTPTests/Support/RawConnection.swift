internal import NIOCore
internal import NIOPosix

/// A connection that sends whatever bytes a test wants.
struct RawConnection {
    let inbound: NIOAsyncChannelInboundStream<ByteBuffer>
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// Connects, and closes after `body`.
    static func with<Result: Sendable>(
        host: String = "127.0.0.1", port: Int,
        _ body: @Sendable (RawConnection) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(RawConnection(inbound: inbound, outbound: outbound))
        }
    }

    /// Sends text.
    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    /// What arrives until `isEnough` or the end.
    func read(until isEnough: (String) -> Bool = { _ in false }) async throws -> String {
        var text = ""
        do {
            for try await piece in inbound {
                text += String(buffer: piece)
                if isEnough(text) { break }
            }
        } catch is IOError {
            // A reset is an end, too.
            return text
        }
        return text
    }
}
