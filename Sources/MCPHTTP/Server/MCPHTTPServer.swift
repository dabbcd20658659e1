private import Glibc
internal import HummingbirdCore
package import Logging
package import MCP
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
private import Synchronization

/// Serves MCP over HTTP: one endpoint for every revision, `GET /health` and `GET /ready`.
///
/// Requests of 2026-07-28 stand alone; older revisions get sessions. A graceful shutdown refuses
/// new requests, ends subscriptions, and gives calls ``HTTPLimits/shutdownGrace``.
package final class MCPHTTPServer: Service {
    let endpoint: Endpoint
    private let connections = ConnectionRegistry()
    private let logger: Logger
    private let onServing: @Sendable (ServedAddress) async -> Void

    /// Connections that may wait to be accepted.
    private static let backlog = 1_024

    /// A server that does nothing until ``run()``.
    ///
    /// - Parameters:
    ///   - tokens: none to take everybody who reaches loopback for the local principal.
    ///   - ready: answers `GET /ready`.
    ///   - onServing: told the address as soon as connections are taken.
    /// - Throws: for an address that needs tokens, and for values that mean nothing.
    package init(
        definition: ServerDefinition, configuration: HTTPConfiguration,
        tokens: TokenRegistry = .none,
        ready: @escaping @Sendable () async -> Readiness = { .ready }, logger: Logger,
        onServing: @escaping @Sendable (ServedAddress) async -> Void = { _ in }
    ) throws(HTTPServerError) {
        endpoint = try Endpoint(definition, configuration, tokens, ready: ready)
        self.logger = logger
        self.onServing = onServing
    }

    /// Serves until a graceful shutdown is over or the task is cancelled.
    ///
    /// - Throws: ``HTTPServerError`` when the address cannot be listened on.
    package func run() async throws {
        let isServing = Mutex(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.endpoint.pool.run() }
            group.addTask { await self.endpoint.sweep() }
            group.addTask { await self.shutDownWhenAsked() }
            defer { group.cancelAll() }
            do {
                try await server { channel in
                    isServing.withLock { $0 = true }
                    await self.announce(channel)
                }.run()
            } catch  where !isServing.withLock({ $0 }) && !(error is CancellationError) {
                throw HTTPServerError(
                    code: .cannotListen,
                    message: "Cannot listen on \(endpoint.configuration.host), port "
                        + "\(endpoint.configuration.port): \(Self.reason(error))",
                    cause: error)
            }
        }
    }

    private func server(_ onServing: @escaping @Sendable (any Channel) async -> Void)
        -> any Service
    {
        let configuration = endpoint.configuration
        let channel = EndpointChannel(
            responder: Responder(endpoint: endpoint), connections: connections,
            limits: configuration.limits)
        var quiet = logger
        quiet.logLevel = max(.warning, logger.logLevel)
        return channel.server(
            configuration: ServerConfiguration(
                address: .hostname(configuration.boundHost, port: configuration.port),
                backlog: Self.backlog,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.limits.connectionsMax, logger: quiet)),
            onServerRunning: onServing, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: quiet)
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }

    private func announce(_ channel: any Channel) async {
        let configuration = endpoint.configuration
        let address = ServedAddress(
            host: configuration.boundHost, port: channel.localAddress?.port ?? configuration.port,
            path: configuration.path)
        logger.notice("Serving MCP over HTTP", metadata: ["url": "\(address.url)"])
        await onServing(address)
    }

    private func shutDownWhenAsked() async {
        // Throws when the server ended without being asked to.
        guard (try? await gracefulShutdown()) != nil else { return }
        logger.notice("Shutting down the HTTP server")
        endpoint.beginShutdown()
        guard await endpoint.clock.pause(endpoint.limits.shutdownGrace) else { return }
        logger.warning("Requests outlast the shutdown and are cancelled")
        endpoint.abandonAll()
        connections.closeAll()
    }
}
