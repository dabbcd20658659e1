internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Sets up and serves one client's connection.
struct SimulatorChannel: ServerChildChannel {
    let http: HTTP1Channel
    let socket: UpdateSocket
    let connections: ConnectionRegistry
    let refusesSockets: @Sendable () -> Bool
    /// Gets the path of each request that is to become a websocket.
    let noteUpgrade: @Sendable (String) -> Void

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<ClientConnection> {
        channel.eventLoop.makeCompletedFuture {
            // A client that is gone must end whatever waits for it.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
            connections.add(channel)
            let promise = channel.eventLoop.makePromise(of: ClientConnection.Negotiated.self)
            try channel.pipeline.syncOperations.addHandler(
                FirstRequestSniffer(
                    http: http, logger: logger, promise: promise, refusesSockets: refusesSockets,
                    noteUpgrade: noteUpgrade))
            return ClientConnection(channel: channel, negotiated: promise.futureResult)
        }
    }

    func handle(value: ClientConnection, logger: Logger) async {
        do {
            let channel = value.channel
            let future = value.take()
            let negotiated = try await withTaskCancellationHandler {
                try await future.get()
            } onCancel: {
                channel.close(promise: nil)
            }
            switch negotiated {
            case .http(let channel): await http.handle(value: channel, logger: logger)
            case .socket(let channel): await socket.serve(channel)
            case .closed: break
            }
        } catch {
            logger.debug("Connection failed", metadata: ["error": "\(error)"])
        }
    }
}
