internal import JobStore
private import Jobs
internal import Logging
internal import MCPHTTP
internal import ServiceLifecycle
private import Synchronization

/// The tokens in the database, as a server knows them.
///
/// Requests are answered from memory; after a change of the database the tokens are read again.
final class StoredTokens: TokenSource, Service {
    private struct State {
        var memory: TokenMemory
        var registry: TokenRegistry
    }

    private let store: SQLiteJobStore
    private let feed: ChangeFeed
    private let logger: Logger
    private let clock = ContinuousClock()
    private let state: Mutex<State>

    /// The least time between two looks, however much the database changes.
    private static let pause: Duration = .milliseconds(500)

    /// Reads the tokens for the first time.
    ///
    /// - Throws: when they cannot be read, or one means nothing.
    init(_ store: SQLiteJobStore, _ feed: ChangeFeed, _ logger: Logger) async throws {
        let tokens = try await store.accessTokens()
        self.store = store
        self.feed = feed
        self.logger = logger
        state = Mutex(
            State(memory: TokenMemory(tokens), registry: try TokenRegistry(stored: tokens)))
    }

    /// How many there are.
    var count: Int { state.withLock { $0.memory.tokens.count } }

    func currentTokens() throws -> TokenRegistry {
        try state.withLock { state in
            try state.memory.check(at: clock.now)
            return state.registry
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.follow() }
    }

    private func follow() async {
        for await _ in feed.changes() {
            repeat {
                await look()
                // Only cancellation ends the sleep early.
                guard (try? await clock.sleep(for: Self.pause)) != nil else { return }
            } while state.withLock { $0.memory.isFailing }
        }
    }

    private func look() async {
        do {
            let tokens = try await store.accessTokens()
            let (isNew, wasFailing) = state.withLock { state in
                (state.memory.tokens != tokens, state.memory.isFailing)
            }
            guard isNew || wasFailing else { return }
            let registry = try TokenRegistry(stored: tokens)
            state.withLock { state in
                state.memory.take(tokens)
                state.registry = registry
            }
            logger.notice(
                isNew ? "Tokens changed" : "Tokens can be read again",
                metadata: [LogKey.count: "\(tokens.count)"])
        } catch {
            note(error)
        }
    }

    private func note(_ error: any Error) {
        guard !Task.isCancelled else { return }
        let isFirst = state.withLock { state in
            defer { state.memory.fail(error, at: clock.now) }
            return !state.memory.isFailing
        }
        guard isFirst else { return }
        logger.error("Tokens cannot be read", metadata: [LogKey.errorMessage: "\(error)"])
    }
}

extension TokenRegistry {
    /// The tokens as they are stored.
    fileprivate init(stored tokens: [AccessToken]) throws(HTTPServerError) {
        try self.init(
            tokens.map { Entry(name: $0.name, hash: $0.hash, scopes: Set($0.scopes)) })
    }
}
