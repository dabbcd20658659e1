internal import Bootstrap
private import Intake
private import JSON
internal import JobStore
private import JobWorker
private import Jobs
private import KomodoClient
internal import KomodoTools
private import Logging
private import MCP
private import MCPHTTP
private import ServiceLifecycle
private import UnixSignals

/// Puts the server for MCP clients together and runs it.
struct ServeRuntime: Sendable {
    let session: Session
    let store: SQLiteJobStore
    let selection: ToolSelection

    /// The longest end of the process after a signal, or after the end of a client's input.
    private static let shutdownMax: Duration = .seconds(15)

    /// Serves the client on standard input and output until it closes them, or a signal comes.
    func serveStdio() async throws {
        let principal = Principal(name: session.caller().principal)
        try await serve { definition, _ in
            let session = MCP.Session(
                definition: definition, principal: principal, kind: .connection)
            return try StdioService(transport: StdioTransport(session: session))
        }
    }

    /// Serves clients over HTTP until a signal comes.
    func serveHTTP(
        _ bind: BindAddress, allowedHosts: [String], allowedOrigins: [String]
    ) async throws {
        let tokens = try await store.accessTokens()
        let registry =
            tokens.isEmpty
            ? TokenRegistry.none
            : try TokenRegistry(
                tokens.map {
                    TokenRegistry.Entry(name: $0.name, hash: $0.hash, scopes: Set($0.scopes))
                })
        let configuration = HTTPConfiguration(
            host: bind.host, port: bind.port, allowedHosts: allowedHosts,
            allowedOrigins: allowedOrigins,
            localPrincipal: Principal(name: session.caller().principal))
        let caller = tokens.isEmpty ? Caller.local : Caller.token
        try await serve(caller: caller) { definition, readiness in
            try MCPHTTPServer(
                definition: definition, configuration: configuration, tokens: registry,
                ready: readiness, logger: session.logger
            ) { address in
                let line: JSONValue = ["url": .string(address.url), "tokens": .int(tokens.count)]
                Terminal.write(line.serialized())
            }
        }
    }

    private func serve(
        caller: @escaping @Sendable (Principal) -> Caller = Caller.local,
        _ server: (ServerDefinition, @escaping @Sendable () async -> Readiness) async throws ->
            any Service
    ) async throws {
        let access = optionalAccess()
        var komodo: CoreKomodo?
        if let access { komodo = try await session.komodo(access, store: store) }
        let feed = try ChangeFeed(store, name: "serve-" + Self.newName())
        let context = context(access, komodo, feed, caller)
        do {
            let server = try await server(KomodoServer.definition(context)) {
                await readiness(access)
            }
            try await run(server, feed, access)
        } catch {
            await komodo?.shutdown()
            throw error
        }
        await komodo?.shutdown()
    }

    /// How to reach Komodo; nil when that is not set, for jobs can be looked at all the same.
    private func optionalAccess() -> KomodoAccess? {
        do throws(SettingsError) {
            return try session.settings.requireKomodo()
        } catch {
            session.logger.warning("Nothing can be run: \(error.message)")
            return nil
        }
    }

    private func context(
        _ access: KomodoAccess?, _ komodo: CoreKomodo?, _ feed: ChangeFeed,
        _ caller: @escaping @Sendable (Principal) -> Caller
    ) -> ToolContext {
        ToolContext(
            store: store,
            intake: JobIntake(store: store, komodo: komodo, redactor: session.settings.redactor),
            komodo: komodo, changes: feed,
            access: access.map {
                ToolContext.Access(
                    instance: $0.instance, keyFingerprint: $0.keyFingerprint, baseURL: "\($0.url)")
            },
            caller: caller, ensureWorker: { try await ensureWorker() },
            redactor: session.settings.redactor, clock: store.clock, logger: session.logger,
            version: Version.current, selection: selection, limits: session.limits,
            startWithin: session.settings.startWithin)
    }

    /// Sees to it that somebody works; what stands in the way is logged, for the job is stored.
    private func ensureWorker() async throws {
        guard session.settings.worker != .embedded else { return }
        do {
            try await OnDemandWorker.ensure(session, store)
        } catch {
            session.logger.error("No worker could be started: \(error)")
        }
    }

    private func readiness(_ access: KomodoAccess?) async -> Readiness {
        guard let access else {
            return .notReady("No Komodo is configured; set KOMODO_URL and an API key.")
        }
        do {
            let isServed = try await OnDemandWorker.isServed(store, access)
            guard isServed || session.settings.worker != .external else {
                return .notReady("No worker is alive; start 'komodo-mcp worker'.")
            }
            return .ready
        } catch {
            return .notReady(error.message)
        }
    }

    private func run(
        _ server: any Service, _ feed: ChangeFeed, _ access: KomodoAccess?
    ) async throws {
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: FeedService(feed: feed))
        ]
        if let access, session.settings.worker == .embedded {
            let worker = WorkerRuntime(
                session: session, store: store, access: access, kind: .embedded, signals: [])
            services.append(.init(service: EmbeddedWorkerService(runtime: worker)))
        } else if access != nil {
            services.append(.init(service: StartUpService(session: session, store: store)))
        }
        services.append(
            .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup))
        var logger = session.logger
        logger.logLevel = max(logger.logLevel, .warning)
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.shutdownMax
        try await ServiceGroup(configuration: configuration).run()
    }

    private static func newName() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
