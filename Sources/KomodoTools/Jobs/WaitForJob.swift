internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

extension JobTools {
    /// `komodo_jobs_Wait`.
    static let wait = entry(
        ToolName.wait, "Wait for a job",
        """
        Waits until one job has ended, at most 45 seconds, and returns it as it then is, with \
        progress on the way. Use it after an execute tool; call it again while status is not \
        success, failed or cancelled. For a look without waiting use komodo_jobs_Get. It waits on \
        signals, so it is told at once and costs no request to Komodo; a dropped or cancelled call \
        ends the waiting, never the job: that takes komodo_jobs_Cancel. A job that fails while it \
        is waited for is an error with the job's code (EXECUTION_ERROR, TIMEOUT_ERROR, \
        OUTCOME_UNKNOWN, …) and the job in details; one that had failed before is a normal result.
        """,
        [
            JobArguments.jobID,
            .integer(
                "wait_seconds", "The longest wait. 0 looks once.", in: 0...WaitMode.secondsMax,
                default: 30, example: 45),
        ], output: ResultSchema.of(JobSchema.steered), .reading, scope: .read
    ) { call, context in
        let job = try await JobLookup.job(
            try call.arguments.requiredString("job_id"), for: call.caller, in: context)
        let seconds = try call.arguments.int("wait_seconds", in: 0...WaitMode.secondsMax) ?? 30
        guard !job.state.isTerminal, seconds > 0 else {
            return JobResults.reading(
                try await JobSheet.load(job, in: context, for: call.caller))
        }
        // Somebody waits: if nobody works, this is the moment to see to it.
        var answer = JobAnswer(call: call, context: context)
        await answer.startWorker(for: job)
        let end = try await JobWaiting(call: call, context: context)
            .end(of: job, atMost: .seconds(seconds))
        var sheet = try await JobSheet.load(end, in: context, for: call.caller)
        sheet.notes = answer.notes
        return JobResults.waited(sheet)
    }
}

extension ToolContext {
    /// Whether a worker that this server can start would do the job.
    func isOwn(_ job: JobRecord) -> Bool {
        access.map { $0.instance == job.instance && $0.keyFingerprint == job.keyFingerprint }
            ?? false
    }
}
