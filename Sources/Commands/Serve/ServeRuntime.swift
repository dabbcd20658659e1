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

    /// What every transport serves.
    private struct Parts {
        let definition: ServerDefinition
        let feed: ChangeFeed
        let readiness: @Sendable () async -> Readiness
    }

    /// Serves the client on standard input and output until it closes them, or a signal comes.
    func serveStdio() async throws {
        let principal = localPrincipal
        try await serve { parts in
            let session = MCP.Session(
                definition: parts.definition, principal: principal, kind: .connection)
            return [try StdioService(transport: StdioTransport(session: session))]
        }
    }

    /// Serves clients over HTTP until a signal comes.
    func serveHTTP(_ options: HTTPOptions) async throws {
        let bind = options.bind ?? .standard
        let configuration = HTTPConfiguration(
            host: bind.host, port: bind.port, allowedHosts: options.allowedHosts,
            allowedOrigins: options.allowedOrigins, localPrincipal: localPrincipal)
        let isNamed = !bind.isWildcard || !options.allowedHosts.isEmpty
        let logger = session.logger
        try await serve { parts in
            let tokens = try await StoredTokens(store, parts.feed, logger)
            let server = try MCPHTTPServer(
                definition: parts.definition, configuration: configuration, tokens: tokens,
                ready: parts.readiness, logger: logger
            ) { address in
                let line: JSONValue = ["url": .string(address.url), "tokens": .int(tokens.count)]
                Terminal.write(line)
                guard !isNamed else { return }
                logger.warning(
                    "Clients elsewhere are refused until --allow-host names this machine")
            }
            return [tokens, server]
        }
    }

    /// The user of the machine; no token has this scope.
    private var localPrincipal: Principal {
        Principal(name: session.caller().principal, scopes: ["local"])
    }

    /// Runs services, of which the last is the server.
    private func serve(_ services: (Parts) async throws -> [any Service]) async throws {
        await TimerReserve.take()
        let target = try target()
        var komodo: DetectedKomodo?
        if let access = target.access { komodo = try await session.komodo(access, store: store) }
        let feed = try ChangeFeed(store, name: "serve-" + Self.newName())
        let place = DatabasePlace(store)
        let context = context(target.access, komodo, feed, place)
        let parts = Parts(definition: KomodoServer.definition(context), feed: feed) {
            await readiness(target)
        }
        do {
            let base: [any Service] = [FeedService(feed: feed), place]
            let work = workService(target, feed).map { [$0] } ?? []
            try await run(base + work + services(parts))
        } catch {
            await komodo?.shutdown()
            throw error
        }
        await komodo?.shutdown()
    }

    /// The Komodo that is served.
    private enum KomodoTarget: Sendable {
        case known(KomodoAccess)
        /// None is set, for the reason given; jobs can be looked at all the same.
        case none(String)

        var access: KomodoAccess? {
            switch self {
            case .known(let access): access
            case .none: nil
            }
        }
    }

    /// - Throws: ``SettingsError`` for a setting that is there and wrong.
    private func target() throws(SettingsError) -> KomodoTarget {
        do throws(SettingsError) {
            return .known(try session.settings.requireKomodo())
        } catch {
            guard error.code == .missing else { throw error }
            session.logger.warning("Nothing can be run: \(error.message)")
            return .none(error.message + ".")
        }
    }

    private func context(
        _ access: KomodoAccess?, _ komodo: DetectedKomodo?, _ feed: ChangeFeed,
        _ place: DatabasePlace
    ) -> ToolContext {
        let local = localPrincipal
        return ToolContext(
            store: store,
            intake: JobIntake(store: store, komodo: komodo, redactor: session.settings.redactor),
            komodo: komodo, reads: komodo, changes: feed,
            access: access.map {
                ToolContext.Access(
                    instance: $0.instance, keyFingerprint: $0.keyFingerprint, baseURL: "\($0.url)")
            },
            caller: { [selection] in
                ($0 == local ? Caller.local($0) : .token($0)).limited(by: selection)
            },
            ensureWorker: {
                try await place.confirm()
                try await ensureWorker(access)
            },
            redactor: session.settings.redactor, clock: store.clock, logger: session.logger,
            version: Version.current, selection: selection, limits: session.limits,
            startWithin: session.settings.startWithin)
    }

    /// Sees to it that somebody works.
    ///
    /// - Throws: why nobody does, as a clause, or ``NobodyWorks``; the job is stored all the same.
    private func ensureWorker(_ access: KomodoAccess?) async throws {
        guard let access, session.settings.worker != .embedded,
            try await !OnDemandWorker.isServed(store, access)
        else { return }
        guard session.settings.worker == .auto else {
            throw NobodyWorks()
        }
        try await OnDemandWorker.launch(session, store)
    }

    private func readiness(_ target: KomodoTarget) async -> Readiness {
        let access: KomodoAccess
        switch target {
        case .known(let known): access = known
        case .none(let reason): return .notReady(reason)
        }
        do {
            let isServed = try await OnDemandWorker.isServed(store, access)
            guard isServed || session.settings.worker != .external else {
                return .notReady("No worker is alive; start 'komodo-mcp worker'.")
            }
            let credential = try await store.credential(
                instance: access.instance, keyFingerprint: access.keyFingerprint)
            let pause = KomodoSignals.keyRefusedPause
            if let credential, credential.isRefused(at: store.clock.now(), atMost: pause) {
                return .notReady(credential.refusedMessage ?? "Komodo refused the API key.")
            }
            return .ready
        } catch {
            session.logger.error(
                "The readiness cannot be told", metadata: [LogKey.errorMessage: "\(error)"])
            // Whoever asks may be a stranger, whom paths do not concern.
            return .notReady("The job database cannot be read; see the server's log.")
        }
    }

    /// What does the work or sees to it; nil when nothing can be run.
    private func workService(_ target: KomodoTarget, _ feed: ChangeFeed) -> (any Service)? {
        guard let access = target.access else { return nil }
        guard session.settings.worker == .embedded else {
            return WorkerWatch(session: session, store: store, feed: feed, access: access)
        }
        return EmbeddedWorkerService(
            runtime: WorkerRuntime(
                session: session, store: store, access: access, kind: .embedded, signals: []))
    }

    private func run(_ services: [any Service]) async throws {
        var configurations = services.dropLast().map {
            ServiceGroupConfiguration.ServiceConfiguration(service: $0)
        }
        if let server = services.last {
            configurations.append(
                .init(service: server, successTerminationBehavior: .gracefullyShutdownGroup))
        }
        var logger = session.logger
        logger.logLevel = max(logger.logLevel, .warning)
        var configuration = ServiceGroupConfiguration(
            services: configurations, gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.shutdownMax
        try await ServiceGroup(configuration: configuration).run()
    }

    private static func newName() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
