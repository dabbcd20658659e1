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
    let connections = ConnectionRegistry()
    private let logger: Logger
    private let onServing: @Sendable (ServedAddress) async -> Void

    /// Connections that may wait to be accepted.
    private static let backlog = 1_024

    /// A server that does nothing until ``run()``.
    ///
    /// - Parameters:
    ///   - tokens: none to take everybody who reaches loopback for the local principal. As soon
    ///     as there is one, it is needed; what belongs to one that is removed ends.
    ///   - ready: answers `GET /ready`.
    ///   - onServing: told the address as soon as connections are taken.
    /// - Throws: for values that mean nothing.
    package init(
        definition: ServerDefinition, configuration: HTTPConfiguration,
        tokens: any TokenSource = TokenRegistry.none,
        ready: @escaping @Sendable () async -> Readiness = { .ready }, logger: Logger,
        onServing: @escaping @Sendable (ServedAddress) async -> Void = { _ in }
    ) throws(HTTPServerError) {
        endpoint = try Endpoint(definition, configuration, tokens, ready: ready)
        self.logger = logger
        self.onServing = onServing
    }

    /// Serves until a graceful shutdown is over or the task is cancelled.
    ///
    /// - Throws: ``HTTPServerError`` when the address needs tokens and there are none, and when it
    ///   cannot be listened on.
    package func run() async throws {
        try await endpoint.checkSafety()
        let isServing = Mutex(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.endpoint.pool.run() }
            group.addTask { await self.endpoint.sweep() }
            group.addTask { await self.endpoint.endWithdrawn() }
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
                    configuration.limits.connections(within: Self.filesMax), logger: quiet)),
            onServerRunning: onServing, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: quiet)
    }

    /// How many files the process may open.
    private static var filesMax: Int {
        var files = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else {
            return .max
        }
        return Int(clamping: files.rlim_cur)
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
        let limits = endpoint.limits
        let bodyGrace = min(limits.lingerTimeout, limits.shutdownGrace)
        guard await endpoint.clock.pause(bodyGrace) else { return }
        // A client that stopped in the middle of a body would hold up the end.
        connections.close { $0.isReadingBody }
        guard await endpoint.clock.pause(limits.shutdownGrace - bodyGrace) else { return }
        logger.warning("Requests outlast the shutdown and are cancelled")
        endpoint.abandonAll()
        connections.close { _ in true }
    }
}
