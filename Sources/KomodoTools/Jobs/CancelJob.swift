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
        Komodo. Of running ones Komodo can cancel builds, repo builds, procedures and actions, and \
        what they did so far stays done; anything else runs on, is followed to its true end, and \
        the message says so. Use it when an order was a mistake; to stop waiting, just end \
        komodo_jobs_Wait: that never touches the job. Stopping containers is \
        komodo_execute_StopServer, not this. The answer is the job as it is right after; see how \
        it ends with komodo_jobs_Wait. A finished job is left as it is. There is no undo; \
        komodo_jobs_Retry runs it anew.
        """,
        [JobArguments.jobID], output: ResultSchema.of(JobSchema.any),
        .acting(destructive: true, idempotent: true), scope: .operate
    ) { call, context in
        let job = try await JobLookup.job(
            try call.arguments.requiredString("job_id"), for: call.caller, in: context)
        let advance = try await context.store.cancel(job.row)
        var answer = JobAnswer(call: call, context: context)
        let current = advance.job ?? job
        if !current.state.isTerminal, context.isOwn(job) { await answer.startWorker() }
        var sheet = try await JobSheet.load(current, in: context)
        sheet.notes = [note(current, wasFinished: job.state.isTerminal)] + answer.notes
        return JobResults.reading(sheet)
    }

    private static func note(_ job: JobRecord, wasFinished: Bool) -> String {
        if wasFinished { return "It had already ended; nothing was changed." }
        if job.state.isTerminal { return "Cancelled before anything was sent." }
        if job.state.status == .running, job.operation.spec.cancelledBy == nil {
            return "Komodo cannot cancel a running \(job.operation.rawValue); it is followed to "
                + "its end."
        }
        return "Cancellation was asked for; \(ToolName.wait) shows what comes of it."
    }
}

extension Advance {
    /// The job afterwards; nil when another worker has it.
    fileprivate var job: JobRecord? {
        switch self {
        case .applied(let job), .noted(let job), .ignored(let job): job
        case .leaseLost: nil
        }
    }
}
