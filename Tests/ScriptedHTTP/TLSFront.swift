internal import NIOCore
internal import NIOPosix
package import NIOSSL

/// Stands before a plain server and speaks TLS to its clients, as a reverse proxy does.
package final class TLSFront: Sendable {
    private let channel: any Channel

    /// Listens on a free port and passes everything on to another one.
    package static func start(
        before port: Int, _ tls: NIOSSLContext
    ) async throws -> TLSFront {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop)
                    .connect(host: "127.0.0.1", port: port)
                    .flatMapThrowing { server in
                        let operations = client.pipeline.syncOperations
                        try operations.addHandler(NIOSSLServerHandler(context: tls))
                        try operations.addHandler(Passer(to: server))
                        try server.pipeline.syncOperations.addHandler(Passer(to: client))
                    }
                    .flatMap { client.setOption(.autoRead, value: true) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TLSFront(channel: channel)
    }

    private init(channel: any Channel) { self.channel = channel }

    /// The address to call.
    package var url: String { "https://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// Stops listening.
    package func stop() async throws { try await channel.close() }

    /// Passes on what comes from one side, its end too.
    private final class Passer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let other: any Channel

        init(to other: any Channel) { self.other = other }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            other.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            other.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
