internal import JobStore
private import Jobs

/// Picks a job up whose submission ended without a word, because it could not be written down.
struct Recovery: Sendable {
    let context: WorkerContext

    /// What was not sent waits and goes back; what may have been sent has to be reconciled.
    ///
    /// - Returns: the job, if it has to be looked after further.
    func run(_ job: JobRecord) async throws -> JobRecord? {
        let current = try await context.store.job(row: job.row)
        guard let current, let lease = current.lease, lease == job.lease else { return nil }
        switch current.state {
        case .starting(.claimed):
            let error = JobError(.serverError, "The database refused to note that it is sent.")
            return try await context.record(.submitted(.undelivered(error)), current, lease)
        case .starting(.sending):
            let error = JobError(.serverError, "The answer could not be written down.")
            return try await context.record(.submitted(.ambiguous(error)), current, lease)
        // It was written down after all.
        case .pending, .starting, .running, .success, .failed, .cancelled: return current
        }
    }
}
