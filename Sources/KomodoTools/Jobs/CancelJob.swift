internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

extension JobTools {
    /// `komodo_jobs_Cancel`.
    static let cancel = entry(
        ToolName.cancel, "Cancel a job",
        """
        Cancels one unfinished job. One that was not sent ends at once and nothing happens in \
        Komodo. Of running ones Komodo 2.3 and later can cancel builds, procedures (after the stage \
        that runs) and actions, and what they did so far stays done; anything else runs on, is \
        followed to its true end, and notes say so. Use it when an order was a mistake; to stop waiting, just end \
        komodo_jobs_Wait: that never touches the job. Stopping containers is \
        komodo_execute_StopServer, not this. The answer is the job as it is right after; see how \
        it ends with komodo_jobs_Wait. A finished job is left as it is. There is no undo; \
        komodo_jobs_Retry runs it anew.
        """,
        [JobArguments.jobID], output: ResultSchema.of(JobSchema.steered),
        .acting(destructive: true, idempotent: true), scope: .operate
    ) { call, context in
        let job = try await JobLookup.job(
            try call.arguments.requiredString("job_id"), for: call.caller, in: context)
        _ = try await context.store.cancel(job.row)
        let current = try await JobLookup.current(job, in: context)
        var answer = JobAnswer(call: call, context: context)
        answer.notes = [note(current, before: job.state)]
        await answer.startWorker(for: current)
        return try await answer.reading(current)
    }

    /// What came of the wish, as far as the job tells.
    private static func note(_ job: JobRecord, before: JobState) -> String {
        if before.isTerminal { return "It had already ended; nothing was changed." }
        switch job.state {
        case .cancelled(.beforeSend): return "Cancelled before anything was sent."
        case .cancelled: return "Cancelled."
        case .success where before == .running(.verifying):
            return "It was done in Komodo already; only the look at its health has ended."
        case .success, .failed: return "It ended before it could be cancelled."
        case .running where job.operation.spec.cancelledBy == nil:
            return "Komodo cannot cancel a running \(job.operation.rawValue); it is followed to "
                + "its end."
        case .pending, .starting, .running:
            return "Cancellation was asked for; \(ToolName.wait) shows what comes of it."
        }
    }
}
