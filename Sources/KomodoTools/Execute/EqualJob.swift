internal import JSON
internal import JobStore
internal import Jobs

/// The job that a request means which is made a second time, because its answer was lost.
///
/// Nobody has to agree again to what was agreed to: the job is answered with, and nothing is stored.
enum EqualJob {
    /// The newest jobs of the same operation and target that are looked through.
    private static let jobsMax = 100

    /// The job with the request's idempotency key, or without one the unfinished job that an equal
    /// request joins; nil when the request would make a job, or be refused.
    static func find(
        _ request: NewJob, for caller: Caller, in context: ToolContext
    ) async throws -> JobRecord? {
        var query = JobQuery(
            operation: request.operation, target: request.target.name,
            instance: request.instance, principal: caller.name, limit: jobsMax)
        if request.idempotencyKey == nil {
            guard !request.isNew else { return nil }
            query.statuses = [.pending, .starting, .running]
            query.since = context.clock.now() - SQLiteJobStore.joinWindow
        }
        return try await context.store.jobs(query).jobs.first { job in
            guard job.request.identity == request.identity else { return false }
            guard let key = request.idempotencyKey else { return job.cancelRequestedAt == nil }
            return job.idempotencyKey == key
        }
    }
}

extension JobRecord {
    /// What was asked for; secret arguments are left out of it.
    fileprivate var request: NewJob {
        NewJob(
            operation: operation, target: target, arguments: arguments, instance: instance,
            keyFingerprint: keyFingerprint, caller: caller, waitsForHealth: waitsForHealth,
            retriesFailure: retriesFailure)
    }
}
