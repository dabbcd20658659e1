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

    /// How long a loser of the race for the lock watches whether the winner really works.
    private static let patience: Duration = .seconds(20)
    private static let pause: Duration = .milliseconds(50)

    func run() async throws {
        guard !launch else { return try Detachment.spawnWorker() }
        let settings = try Settings(handover: try Detachment.readHandover())
        let environment = ProcessEnvironment.variables()
        let session = Session(settings: settings, environment: environment)
        let access = try settings.requireKomodo()
        // Whoever has started it was promised that somebody works.
        let store = try await StartPatience(logger: session.logger).wait {
            try session.openExisting()
        }
        guard let lock = try await becomeOnly(store, access) else { return }
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
        _ store: SQLiteJobStore, _ access: KomodoAccess
    ) async throws -> FileLock? {
        let path = store.folder.onDemandLock(access.keyFingerprint)
        let end = ContinuousClock.now + Self.patience
        while ContinuousClock.now < end {
            if case .acquired(let lock) = FileLock.attempt(path, creates: true) { return lock }
            if try await OnDemandWorker.isServed(store, access) { return nil }
            try await Task.sleep(for: Self.pause)
        }
        return nil
    }
}
