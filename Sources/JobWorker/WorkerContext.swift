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

    /// Writes down what must not be lost, trying again while the disk is full or busy.
    ///
    /// What is never written is found again by reconciliation, so giving up with the process is
    /// safe.
    func persist<Value: Sendable>(
        _ job: JobRecord, _ write: () async throws(StoreError) -> Value
    ) async throws -> Value {
        var wait: Duration = .milliseconds(200)
        while true {
            do {
                return try await write()
            } catch {
                switch error.code {
                case .full, .busy, .failed, .readOnly:
                    logger.error(
                        "Cannot write to the database; trying again",
                        metadata: [
                            LogKey.jobID: "\(job.id)", LogKey.errorMessage: "\(error.message)",
                        ])
                    try await sleep(wait)
                    wait = min(wait * 2, .seconds(5))
                case .missing, .newer, .altered, .corrupt, .notPermitted, .unsuitableFileSystem,
                    .ambiguousReference, .unknownReference, .conflict:
                    throw error
                }
            }
        }
    }
}
