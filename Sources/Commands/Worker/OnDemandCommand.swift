internal import ArgumentParser
private import Bootstrap
private import JobStore
private import JobWorker
private import Jobs
private import Logging

/// The worker that other commands start when there is none; not for people.
struct OnDemandCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "on-demand-worker", abstract: "Started by other commands.",
        shouldDisplay: false)

    @Flag(help: "Start the worker in a session of its own, and end.")
    var launch = false

    /// How often a loser of the race for the lock looks whether the winner really works.
    private static let looksMax = 400
    private static let pause: Duration = .milliseconds(50)
    /// How long it waits for the machine.
    ///
    /// Whoever still needs a worker then starts another one, so that they do not pile up.
    private static let startWaitMax: Duration = .seconds(600)

    func run() async throws {
        guard !launch else { return try Detachment.spawnWorker() }
        let settings = try Settings(handover: try Detachment.readHandover())
        let environment = ProcessEnvironment.variables()
        let session = Session(settings: settings, environment: environment)
        let access = try settings.requireKomodo()
        // Whoever has started it was promised that somebody works.
        let patience = StartPatience(logger: session.logger, end: .now + Self.startWaitMax)
        let store = try await patience.wait { try session.openExisting() }
        guard let lock = try await becomeOnly(store, access, patience) else { return }
        var runtime = WorkerRuntime(
            session: session, store: store, access: access, kind: .onDemand,
            idleTime: settings.workerIdle)
        runtime.hooks = WorkerHooks(
            passed: { _ = lock.keepInPlace() },
            // From then on it takes no jobs, and its successor must not wait for it.
            stopping: { lock.remove() })
        try await runtime.run()
        withExtendedLifetime(lock) {}
    }

    /// Takes the lock of the key's only on-demand worker; nil when another one works.
    ///
    /// The holder may be on its way out, having seen no work just before ours was stored. So a
    /// loser leaves only once somebody else is registered as working.
    private func becomeOnly(
        _ store: SQLiteJobStore, _ access: KomodoAccess, _ patience: StartPatience
    ) async throws -> FileLock? {
        let path = store.folder.onDemandLock(access.keyFingerprint)
        for _ in 0..<Self.looksMax {
            let lock = try await patience.wait {
                // The folder is not made again beside a database that is gone.
                try store.confirmPlace()
                return try store.folder.lock(path)
            }
            if let lock { return lock }
            if try await OnDemandWorker.isServed(store, access) { return nil }
            try await Task.sleep(for: Self.pause)
        }
        return nil
    }
}
