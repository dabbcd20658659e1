import Intake
import JSON
import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Logging
import MCP
import Redaction
import Synchronization
import TestSupport
import Testing

@testable import KomodoTools

/// A database with the tools on it; with a simulated Komodo and a worker where a test needs them.
struct ToolBench: Sendable {
    let store: SQLiteJobStore
    let context: ToolContext
    let simulator: KomodoSimulator?
    /// How often a worker was asked for.
    let workerCalls: Counter
    private let directory: TemporaryDirectory

    static let instance = "http://komodo.example"
    static let keyFingerprint = "fingerprint"
    static let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
    static let anna = Principal(name: "os:anna")
    static let limit: Duration = .seconds(45)

    /// Counts calls.
    final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    /// Runs `body` with a bench that has no Komodo: jobs stay where the test leaves them.
    static func offline<Value: Sendable>(
        _ change: (inout ToolContext) -> Void = { _ in },
        _ body: @Sendable (ToolBench) async throws -> Value
    ) async throws -> Value {
        let bench = try ToolBench(komodo: { _ in nil }, simulator: nil, change)
        return try await bench.run(body)
    }

    /// Runs `body` with a bench and a simulated Komodo, with a worker unless told otherwise.
    static func live<Value: Sendable>(
        timeScale: Double = 0.02, works: Bool = true, version: String = "2.3.2",
        dialect: KomodoDialect = .core, options: SimulatorOptions = SimulatorOptions(),
        _ change: @Sendable (inout ToolContext) -> Void = { _ in },
        _ body: @escaping @Sendable (ToolBench) async throws -> Value
    ) async throws -> Value {
        var options = options
        options.timeScale = timeScale
        options.version = version
        options.api = dialect == .core ? .core : .signed
        return try await withKomodoSimulator(options) { simulator, address in
            let connection = connection(
                address.url, key: address.apiKey, secret: address.apiSecret)
            return try await calling(
                connection, dialect, works: works, simulator: simulator, change, body)
        }
    }

    /// Runs `body` with a bench whose Komodo is reached through `connection`.
    static func calling<Value: Sendable>(
        _ connection: KomodoConnection, _ dialect: KomodoDialect, works: Bool = false,
        simulator: KomodoSimulator? = nil,
        _ change: @Sendable (inout ToolContext) -> Void = { _ in },
        _ body: @escaping @Sendable (ToolBench) async throws -> Value
    ) async throws -> Value {
        let komodo = client(connection, dialect)
        do {
            let bench = try ToolBench(komodo: { _ in komodo }, simulator: simulator, change)
            let value = try await bench.run { bench in
                works ? try await bench.withWorker(body) : try await body(bench)
            }
            await shutDown(komodo)
            return value
        } catch {
            await shutDown(komodo)
            throw error
        }
    }

    private init(
        komodo make: (SQLiteJobStore) -> (any KomodoAPI & KomodoReads)?,
        simulator: KomodoSimulator?,
        _ change: (inout ToolContext) -> Void
    ) throws {
        directory = try TemporaryDirectory()
        let counter = Counter()
        workerCalls = counter
        self.simulator = simulator
        let retry = RetryPolicy(
            delay: .milliseconds(60), delayMax: .milliseconds(400), countMax: 3)
        store = try SQLiteJobStore.open(
            path: directory.file("jobs.db"), mode: .create(makingFolder: false),
            machine: JobStateMachine(retry: retry))
        let komodo = make(store)
        let redactor = Redactor(secrets: ["correct-horse-battery"])
        var context = ToolContext(
            store: store,
            intake: JobIntake(store: store, komodo: komodo, redactor: redactor) { _ in
                // A busy machine must not make targets count as unresolved.
                try await ContinuousClock().sleep(for: .seconds(20))
            },
            komodo: komodo, reads: komodo, changes: try ChangeFeed(store, name: "tools"),
            access: ToolContext.Access(
                instance: Self.instance, keyFingerprint: Self.keyFingerprint,
                baseURL: Self.instance),
            caller: Caller.local, ensureWorker: { counter.add() }, redactor: redactor,
            logger: Self.logger,
            version: "1.2.3")
        change(&context)
        self.context = context
    }

    /// How the tests reach a Komodo: what fails is not tried again.
    static func connection(
        _ url: String, key: String = "K_key", secret: String = "S_secret"
    ) -> KomodoConnection {
        KomodoConnection(
            url: url, apiKey: Secret(key), apiSecret: Secret(secret), requestTimeout: .seconds(5),
            retry: RetryPolicy(countMax: 0))
    }

    private static func client(
        _ connection: KomodoConnection, _ dialect: KomodoDialect
    ) -> any KomodoAPI & KomodoReads {
        switch dialect {
        case .core:
            CoreKomodo(
                connection: connection, permit: { _ in }, observer: { _ in }, logger: logger,
                userAgent: "tests")
        case .signed:
            SignedKomodo(
                connection: connection, permit: { _ in }, observer: { _ in }, logger: logger,
                userAgent: "tests")
        }
    }

    private static func shutDown(_ komodo: any KomodoAPI) async {
        if let core = komodo as? CoreKomodo { await core.shutdown() }
        if let signed = komodo as? SignedKomodo { await signed.shutdown() }
    }

    private func run<Value: Sendable>(
        _ body: @Sendable (ToolBench) async throws -> Value
    ) async throws -> Value {
        let changes = context.changes
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await changes.run() }
            defer { group.cancelAll() }
            return try await body(self)
        }
    }

    private func withWorker<Value: Sendable>(
        _ body: @Sendable (ToolBench) async throws -> Value
    ) async throws -> Value {
        let komodo = try #require(context.komodo)
        let lock = FileLock.attempt(store.folder.workerLock("worker"), creates: true)
        guard case .acquired(let held) = lock else {
            throw StoreError(.failed, "The worker's lock is held.")
        }
        let worker = JobWorker(
            WorkerContext(
                store: store, komodo: komodo, worker: Self.worker,
                policy: WorkerPolicy(
                    limits: TokenBucket.Limits(perMinute: 100_000, burst: 250_000),
                    requestTimeout: .seconds(5), reconcileGrace: .milliseconds(700), pollScale: 0.05
                ),
                clock: store.clock, redactor: context.redactor, logger: Self.logger),
            lock: held,
            listener: try ChangeListener(folder: store.folder, name: "worker-worker"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            defer { group.cancelAll() }
            return try await body(self)
        }
    }

    static let worker = WorkerRecord(
        id: "worker", kind: .daemon, instance: instance, keyFingerprint: keyFingerprint,
        servesAllKeys: true, pid: 1, host: "host", version: "1",
        startedAt: StoreClock.system.now())
}
