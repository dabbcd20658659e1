package import JobStore

/// What a worker tells its surroundings, and where tests step in.
package struct WorkerHooks: Sendable {
    /// The steps of the submission protocol, in order.
    package enum Step: String, Sendable, Hashable, CaseIterable {
        case claimed, intentRecorded, aboutToSend, answered, outcomeRecorded
        case concluding, reconciling
    }

    /// Called once leases are recovered and jobs are taken.
    package var ready: @Sendable () -> Void
    /// Called with the reason whenever the worker cannot begin yet.
    package var waiting: @Sendable (String) -> Void
    /// Called at the end of every pass of the scheduling loop, at least once a second.
    package var passed: @Sendable () -> Void
    /// Called when the worker stops taking jobs.
    package var stopping: @Sendable () -> Void
    /// Called at each step of a job; does nothing in production.
    package var reached: @Sendable (Step, JobRecord) async -> Void

    package init(
        ready: @escaping @Sendable () -> Void = {},
        waiting: @escaping @Sendable (String) -> Void = { _ in },
        passed: @escaping @Sendable () -> Void = {},
        stopping: @escaping @Sendable () -> Void = {},
        reached: @escaping @Sendable (Step, JobRecord) async -> Void = { _, _ in }
    ) {
        self.ready = ready
        self.waiting = waiting
        self.passed = passed
        self.stopping = stopping
        self.reached = reached
    }
}
