internal import JobStore
private import Logging
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

/// Starts a worker for jobs that were left behind, then waits for the end.
struct StartUpService: Service {
    let session: Session
    let store: SQLiteJobStore

    func run() async throws {
        do {
            try await OnDemandWorker.ensureForUnfinished(session, store)
        } catch {
            session.logger.error("No worker could be started: \(error)")
        }
        // Ends with the group only.
        try? await gracefulShutdown()
    }
}
