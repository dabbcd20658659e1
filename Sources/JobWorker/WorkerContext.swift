package import JobStore
package import KomodoClient
package import Logging
package import Redaction
private import Jobs

/// What every part of a worker needs.
package struct WorkerContext: Sendable {
    package let store: any JobStore
    package let komodo: any KomodoAPI
    package let worker: WorkerRecord
    package let policy: WorkerPolicy
    package let clock: StoreClock
    package let redactor: Redactor
    package let hooks: WorkerHooks
    package let logger: Logger
    let deadlines = Deadlines()
    /// Waits; the only place where a worker sleeps.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        store: any JobStore, komodo: any KomodoAPI, worker: WorkerRecord, policy: WorkerPolicy,
        clock: StoreClock, redactor: Redactor, hooks: WorkerHooks = WorkerHooks(), logger: Logger,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        }
    ) {
        self.store = store
        self.komodo = komodo
        self.worker = worker
        self.policy = policy
        self.clock = clock
        self.redactor = redactor
        self.hooks = hooks
        self.logger = logger
        self.sleep = sleep
    }
}
