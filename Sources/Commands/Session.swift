internal import Bootstrap
private import Glibc
internal import JobStore
internal import JobWorker
internal import Jobs
internal import KomodoClient
internal import Logging
private import Redaction

/// What a command works with: the settings, and the database once it is opened.
struct Session: Sendable {
    let settings: Settings
    let logger: Logger

    init(_ arguments: [String: String]...) throws {
        let merged = arguments.reduce(into: [:]) { $0.merge($1) { _, last in last } }
        let environment = ProcessEnvironment.variables()
        self.init(settings: try Settings.load(arguments: merged), environment: environment)
    }

    init(settings: Settings, environment: [String: String], level: Logger.Level? = nil) {
        self.settings = settings
        OutputMask.learn(settings.redactor)
        var logging = LoggingBootstrap(settings: settings, environment: environment)
        if let level, settings.origin(of: .logLevel) == nil { logging.level = level }
        logger = logging.logger(label: "komodo-mcp")
        for warning in settings.warnings { logger.warning("\(warning)") }
    }

    /// The path of the database.
    func databasePath() throws -> String {
        guard let path = settings.jobsDB else {
            throw CommandError(
                .usage, "No place for the database is known; name one with --db or KOMODO_JOBS_DB.")
        }
        return path
    }

    /// Opens the database for reading commands; it must be there.
    func openExisting() throws -> SQLiteJobStore {
        try SQLiteJobStore.open(
            path: try databasePath(), mode: .existing, machine: stateMachine)
    }

    /// Opens the database, and makes it if it is not there.
    func openOrCreate() throws -> SQLiteJobStore {
        // Only the default place is made with its folders: a wrong --db should not leave any.
        let makesFolder = settings.origin(of: .jobsDB).map { $0.kind == .standard } ?? true
        return try SQLiteJobStore.open(
            path: try databasePath(), mode: .create(makingFolder: makesFolder),
            machine: stateMachine)
    }

    private var stateMachine: JobStateMachine { JobStateMachine(retry: retryPolicy) }

    private var retryPolicy: RetryPolicy {
        RetryPolicy(delay: settings.retryDelay, countMax: settings.retryCount)
    }

    var limits: TokenBucket.Limits {
        TokenBucket.Limits(perMinute: settings.rateLimit, burst: settings.rateBurst)
    }

    /// How long finished jobs and their logs are kept.
    var retention: Retention { Retention(jobs: settings.keepJobs, logs: settings.keepLogs) }

    /// Who asks.
    func caller() -> NewJob.Caller {
        NewJob.Caller(
            principal: "os:" + Self.userName(), clientName: "komodo-jobs",
            clientVersion: Version.current)
    }

    private static func userName() -> String {
        guard let entry = getpwuid(geteuid()) else { return "\(geteuid())" }
        return String(cString: entry.pointee.pw_name)
    }

    /// A client whose requests come out of the shared budget and whose findings go back into it.
    func komodo(_ access: KomodoAccess, store: SQLiteJobStore) async throws -> DetectedKomodo {
        let limits = limits
        let memory = InterfaceMemory(url: access.url, store: store, logger: logger)
        let connection = KomodoConnection(
            url: access.url, apiKey: access.apiKey, apiSecret: access.apiSecret,
            requestTimeout: settings.requestTimeout, retry: retryPolicy,
            evidenceGrace: settings.reconcileGrace, certificateFile: settings.caFile,
            verifiesCertificates: settings.verifiesTLS)
        return DetectedKomodo(
            connection: connection,
            permit: BudgetPermit.waiting(
                store: store, instance: access.instance, limits: limits),
            observer: SignalRecorder(
                store: store, access: access, limits: limits, logger: logger
            ).record,
            logger: logger, userAgent: "komodo-mcp/\(Version.current)",
            fixed: dialect,
            remembered: try await memory.recall(), note: memory.keep)
    }

    /// The interface that the settings name; nil when it is to be found out.
    var dialect: KomodoDialect? {
        switch settings.api {
        case .auto: nil
        case .core: .core
        case .signed: .signed
        }
    }
}
