internal import JobStore
internal import MCP
internal import ServiceLifecycle

/// The connection on standard input and output.
struct StdioService: Service {
    let transport: StdioTransport

    func run() async throws {
        await withGracefulShutdownHandler {
            await transport.run()
        } onGracefulShutdown: {
            transport.stop()
        }
    }
}

/// Passes changes of the database on to whoever waits.
struct FeedService: Service {
    let feed: ChangeFeed

    func run() async throws {
        await cancelWhenGracefulShutdown { await feed.run() }
    }
}

/// A worker inside the server.
struct EmbeddedWorkerService: Service {
    let runtime: WorkerRuntime

    func run() async throws { try await runtime.run() }
}
