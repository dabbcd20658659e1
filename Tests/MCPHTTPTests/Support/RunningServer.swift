internal import JSON
internal import Logging
internal import MCP
internal import ServiceLifecycle

@testable import MCPHTTP

/// A server with ``TestTools`` while a test runs.
struct RunningServer {
    let tools: TestTools
    let address: ServedAddress
    let client: TestClient
    let endpoint: Endpoint
    let connections: ConnectionRegistry
    /// Ends it as the program does.
    let shutDown: @Sendable () async -> Void
    /// Returns when it has ended.
    let waitForEnd: @Sendable () async throws -> Void

    /// Serves on a free port while `body` runs.
    static func with<Result: Sendable>(
        tokens: any TokenSource = TokenRegistry.none,
        ready: @escaping @Sendable () async -> Readiness = { .ready },
        configured change: (inout HTTPConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (RunningServer) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPConfiguration(
            localPrincipal: Principal(name: "local", scopes: ["all"]))
        change(&configuration)
        let tools = TestTools()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var definition = ServerDefinition(
            info: ServerInfo(name: "test", version: "1"), tools: tools, offersLogging: true,
            logger: logger)
        definition.limits.progressInterval = .zero
        definition.limits.updateInterval = .zero
        let (addresses, input) = AsyncStream.makeStream(of: ServedAddress.self)
        let server = try MCPHTTPServer(
            definition: definition, configuration: configuration, tokens: tokens, ready: ready,
            logger: logger, onServing: { input.yield($0) })
        let group = ServiceGroup(services: [server], logger: logger)
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer {
                    input.finish()
                    ended.finish()
                }
                try await group.run()
            }
            defer { tasks.cancelAll() }
            for await address in addresses {
                let client = TestClient(url: address.url)
                return try await body(
                    RunningServer(
                        tools: tools, address: address, client: client, endpoint: server.endpoint,
                        connections: server.connections,
                        shutDown: { await group.triggerGracefulShutdown() },
                        waitForEnd: { for await _ in ends {} }))
            }
            try await tasks.waitForAll()
            throw CancellationError()
        }
    }
}
