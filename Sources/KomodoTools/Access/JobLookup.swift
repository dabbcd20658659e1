internal import JSON
internal import JobStore
internal import Jobs

/// Finds jobs for a caller.
enum JobLookup {
    /// The job with a whole id that the caller may see.
    ///
    /// - Throws: ``ToolFailure`` `VALIDATION_ERROR` for anything but a whole id, `NOT_FOUND` for an
    ///   unknown job and for somebody else's alike.
    static func job(
        _ text: String, for caller: Caller, in context: ToolContext
    ) async throws -> JobRecord {
        guard let id = JobID(text) else {
            throw ToolFailure(
                [
                    ArgumentFault(
                        "/job_id",
                        "must be a whole job_id, as tools return it: job_, the operation, _ and 26 "
                            + "letters and digits", value: .string(text))
                ], hint: "\(ToolName.list) shows the newest.")
        }
        let job: JobRecord
        do throws(StoreError) {
            job = try await context.store.job("\(id)")
        } catch {
            guard error.code == .unknownReference else { throw error }
            throw unknown(id)
        }
        guard job.id == id, caller.sees(job) else { throw unknown(id) }
        return job
    }

    /// The job as it is now; it can have been pruned meanwhile.
    static func current(_ job: JobRecord, in context: ToolContext) async throws -> JobRecord {
        guard let current = try await context.store.job(row: job.row) else {
            throw unknown(job.id)
        }
        return current
    }

    private static func unknown(_ id: JobID) -> ToolFailure {
        ToolFailure(
            .notFound, "There is no job \(id). \(ToolName.list) shows the newest jobs.",
            details: ["job_id": .string("\(id)")])
    }
}
