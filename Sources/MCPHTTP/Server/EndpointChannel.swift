internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Sets up and serves one client's connection.
struct EndpointChannel: ServerChildChannel {
    let responder: Responder
    let connections: ConnectionRegistry
    let limits: HTTPLimits

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedConnection> {
        do {
            // A client that is gone must end whatever waits for it.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
            try channel.pipeline.syncOperations.addHandler(WriteDeadline(limits.writeTimeout))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        let connection = Connection(channel)
        connections.add(connection)
        return http { _, _, _ in }.setup(channel: channel, logger: logger).map {
            AcceptedConnection(http: $0, connection: connection)
        }
    }

    func handle(value: AcceptedConnection, logger: Logger) async {
        let connection = value.connection
        let http = http { request, writer, _ in
            try await responder.respond(to: request, writer, on: connection)
        }
        await http.handle(value: value.take(), logger: logger)
    }

    private func http(_ responder: @escaping HTTPChannelHandler.Responder) -> HTTP1Channel {
        HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(
                idleTimeout: TimeAmount(limits.idleTimeout),
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: limits.headBytesMax,
                    maxHeaderListSize: limits.headBytesMax,
                    maxHeaderFieldCount: limits.headFieldsMax)))
    }
}
