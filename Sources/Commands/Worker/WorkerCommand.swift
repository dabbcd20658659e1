internal import ArgumentParser
private import Bootstrap
internal import JobStore
internal import JobWorker
private import Logging
internal import Synchronization

/// `komodo-mcp worker`: the daemon that owns the work.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Work on jobs until stopped; for systemd.",
        discussion: """
            Takes all jobs of its Komodo in this database, whichever key they were asked with: \
            whoever may write the database has this worker's rights.

            SIGTERM lets submissions under way finish; running operations go on in Komodo and are \
            followed again by the next worker.
            """)

    /// What tests do at the steps of the protocol, see ``Entry/runWorker(reached:)``.
    static let reached = Mutex<@Sendable (WorkerHooks.Step, JobRecord) async -> Void>({ _, _ in })

    @OptionGroup var common: CommonOptions
    @OptionGroup var komodo: KomodoOptions

    func run() async throws {
        try await Self.work(try Session(common.arguments, komodo.arguments))
    }

    /// Works as the daemon until told to stop.
    static func work(_ session: Session) async throws {
        let notifier = ServiceNotifier(environment: ProcessEnvironment.variables())
        let access = try session.settings.requireKomodo()
        let waiting: @Sendable (String) -> Void = { reason in
            notifier.status("Waiting: \(reason)")
            // The service manager would start it anew, which does not make room on a disk.
            notifier.extendTimeout(WorkerPolicy.storeWaitMax * 4)
        }
        let store = try await StartPatience(logger: session.logger, waiting: waiting).wait {
            try session.openOrCreate()
        }
        var runtime = WorkerRuntime(
            session: session, store: store, access: access, kind: .daemon)
        runtime.hooks = WorkerHooks(
            ready: { notifier.ready(status: "Working for \(access.instance)") },
            waiting: waiting,
            passed: { notifier.watchdog() },
            stopping: { notifier.stopping(status: "Finishing submissions") },
            reached: reached.withLock { $0 })
        try await runtime.run()
    }
}
