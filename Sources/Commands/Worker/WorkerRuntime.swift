internal import Bootstrap
private import Glibc
internal import JobStore
internal import JobWorker
internal import Jobs
internal import KomodoClient
internal import Logging
private import Redaction
private import ServiceLifecycle
internal import UnixSignals

/// Puts a worker together and runs it until it is told to stop or has nothing left to do.
struct WorkerRuntime: Sendable {
    let session: Session
    let store: SQLiteJobStore
    let access: KomodoAccess
    let kind: WorkerRecord.Kind
    var idleTime: Duration?
    var hooks = WorkerHooks()
    /// Signals that end it gracefully; none when another part of the process decides.
    var signals: [UnixSignal] = [.sigterm, .sigint]

    /// Runs the worker.
    ///
    /// - Throws: ``StoreError`` when the database cannot be used any more.
    func run() async throws {
        await TimerReserve.take()
        let record = record()
        let store = store
        let patience = StartPatience(logger: session.logger, waiting: hooks.waiting)
        let (lock, listener) = try await patience.wait {
            (
                try Self.lock(of: record, in: store.folder),
                try ChangeListener(folder: store.folder, name: "worker-" + record.id)
            )
        }
        let komodo = try await session.komodo(access, store: store)
        var logger = session.logger
        logger[metadataKey: LogKey.workerID] = "\(record.id)"
        let context = WorkerContext(
            store: store, komodo: komodo, worker: record, policy: policy, clock: store.clock,
            redactor: session.settings.redactor, hooks: hooks, logger: logger)
        let worker = JobWorker(
            context, lock: lock, listener: listener,
            checkpoints: Checkpoints(store, logger: logger),
            upkeep: Upkeep(store, retention: retention, logger: logger))
        logger.notice("Worker starts", metadata: [LogKey.komodoInstance: "\(access.instance)"])
        do {
            try await run(worker, logger: logger)
        } catch {
            await komodo.shutdown()
            throw error
        }
        await komodo.shutdown()
        logger.notice("Worker ends")
    }

    /// What the daemon of an instance removes by itself.
    ///
    /// A worker that comes and goes with a command or a server may have been started with other
    /// settings, and removes nothing.
    private var retention: Retention {
        guard kind == .daemon else { return Retention() }
        var retention = session.retention
        retention.instance = access.instance
        return retention
    }

    /// The lock by which others know that the worker lives.
    private static func lock(
        of worker: WorkerRecord, in folder: StateFolder
    ) throws(StoreError) -> FileLock {
        let path = folder.workerLock(worker.id)
        guard let lock = try folder.lock(path) else {
            throw StoreError(.busy, "The worker's lock \(path) is held by another process.")
        }
        return lock
    }

    private func run(_ worker: JobWorker, logger: Logger) async throws {
        let service = ServiceGroupConfiguration.ServiceConfiguration(
            service: WorkerService(worker: worker),
            successTerminationBehavior: .gracefullyShutdownGroup)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [service], gracefulShutdownSignals: signals, logger: quiet(logger)))
        try await group.run()
    }

    /// The group's own chatter is of no use to operators.
    private func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    private var policy: WorkerPolicy {
        WorkerPolicy(
            limits: session.limits, requestTimeout: session.settings.requestTimeout,
            reconcileGrace: session.settings.reconcileGrace, idleTime: idleTime)
    }

    private func record() -> WorkerRecord {
        WorkerRecord(
            id: Self.newID(), kind: kind, instance: access.instance,
            keyFingerprint: access.keyFingerprint, servesAllKeys: kind == .daemon,
            pid: Int(getpid()), host: Self.hostName(), version: Version.current,
            startedAt: store.clock.now())
    }

    private static func newID() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36)
    }

    private static func hostName() -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let isKnown = buffer.withUnsafeMutableBytes { bytes in
            guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return false }
            return gethostname(start, bytes.count - 1) == 0
        }
        return isKnown ? String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) : "unknown"
    }
}

/// A worker as a service of the process.
private struct WorkerService: Service {
    let worker: JobWorker

    func run() async throws {
        try await worker.run()
    }
}
