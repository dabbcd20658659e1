internal import NIOCore
internal import NIOPosix

/// A TCP server that says the same text to whatever it hears.
package final class ScriptedTalker: Sendable {
    private let channel: any Channel

    /// Listens on a free port.
    package static func start(_ text: String) async throws -> ScriptedTalker {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Talk(text))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedTalker(channel: channel)
    }

    private init(channel: any Channel) { self.channel = channel }

    /// The port that it listens on.
    package var port: Int { channel.localAddress?.port ?? 0 }

    /// Stops listening.
    package func stop() async throws { try await channel.close() }

    private final class Talk: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let text: String

        init(_ text: String) { self.text = text }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
