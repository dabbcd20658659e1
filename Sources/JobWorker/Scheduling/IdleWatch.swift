private import JobStore
private import Jobs
private import Synchronization

/// Knows when a worker on demand is no longer needed.
final class IdleWatch: Sendable {
    private let context: WorkerContext
    private let idleSince = Mutex<Int64?>(nil)

    init(_ context: WorkerContext) {
        self.context = context
    }

    /// Whether the worker is no longer needed and has signed off.
    ///
    /// - Parameter isBusy: whether it is doing something right now.
    func mayLeave(isBusy: Bool) async throws -> Bool {
        guard let idleTime = context.policy.idleTime else { return false }
        if try await isServedByDaemon() { return true }
        let isNeeded = try await context.store.hasUnfinished(
            instance: context.worker.instance, keyFingerprint: context.worker.keyFingerprint)
        let now = context.clock.sinceBoot()
        let since = idleSince.withLock { since -> Int64? in
            since = isBusy || isNeeded ? nil : since ?? now
            return since
        }
        guard let since, now - since >= idleTime.inMilliseconds else { return false }
        return try await context.store.retireIfIdle(context.worker)
    }

    private func isServedByDaemon() async throws -> Bool {
        try await context.store.workers().contains { worker, liveness in
            worker.kind == .daemon
                && worker.isServing(
                    instance: context.worker.instance,
                    keyFingerprint: context.worker.keyFingerprint, liveness)
        }
    }
}
