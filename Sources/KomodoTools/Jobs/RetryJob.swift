internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

extension JobTools {
    /// `komodo_jobs_Retry`.
    static let retry = entry(
        ToolName.retry, "Run a finished job again",
        """
        Runs a finished job again as a new job with the same operation, target and arguments; the \
        old one stays as it is. Whatever the operation interrupts or deletes, it does again. Use \
        it after fixing what made a job fail (read komodo_jobs_Logs first); for a job that ended \
        as OUTCOME_UNKNOWN use komodo_jobs_Resolve instead, for other arguments call the execute \
        tool anew. A job is repeated once: CONFLICT names the repetition if there is one. Secret \
        arguments were forgotten when the job ended, so such a job is refused. Stops, restarts and \
        clones are confirmed as in komodo_execute_StopServer. Answers at once with the new job; \
        follow it with komodo_jobs_Wait.
        """,
        [JobArguments.jobID, ExecuteArguments.confirmationToken],
        output: ResultSchema.of(JobSchema.steered), .acting(destructive: true), scope: .operate
    ) { call, context in
        let job = try await JobLookup.job(
            try call.arguments.requiredString("job_id"), for: call.caller, in: context)
        guard job.state != .failed(.outcomeUnknown) else {
            throw ToolFailure(
                .conflict,
                "The outcome of \(job.id) is unknown. Look into Komodo, then settle it with "
                    + "\(ToolName.resolve).", details: ["job_id": .string("\(job.id)")])
        }
        return try await Repetition(job: job, call: call, context: context).run {
            try await context.store.retry(job.row, by: call.origin)
        }
    }
}

/// Running a job again, by whichever tool.
struct Repetition: Sendable {
    let job: JobRecord
    let call: ToolCall
    let context: ToolContext

    /// Confirms where that is needed, stores the new job with `store`, and answers with it.
    func run(_ store: @Sendable () async throws -> JobRecord) async throws -> CallResult {
        try refuseUnfinished()
        try refuseForgottenSecrets()
        try refuseWhoMayNotOrder()
        if job.operation.spec.tier == .destroy {
            let subject = ConfirmationSubject(
                operation: job.operation, target: job.target, arguments: job.arguments)
            guard try await ConfirmationGate.pass(subject, call, context) else {
                throw ToolFailure(
                    .confirmationRequired,
                    "The user did not confirm, so nothing was queued. Ask again only if the user "
                        + "wants it.", details: jobID)
            }
        }
        let new = try await store()
        var answer = JobAnswer(call: call, context: context)
        await answer.startWorker(for: new)
        return try await answer.reading(new)
    }

    /// Refuses whoever could not have ordered the job: a new one must not come about by another way.
    func refuseWhoMayNotOrder() throws(ToolFailure) {
        if let reason = context.hidingRepetition(of: job.operation, from: call.caller) {
            throw ToolFailure(
                .forbidden, reason + " So no new job was made; nothing was done.", details: jobID)
        }
        guard job.operation.spec.tier == .destroy, !call.caller.may(.destroy) else { return }
        throw Forbidden.failure(.destroy, to: call.caller, at: context.selection)
    }

    private func refuseUnfinished() throws(ToolFailure) {
        guard !job.state.isTerminal else { return }
        throw ToolFailure(
            .conflict,
            "\(job.id) is not finished yet: \(job.state). \(ToolName.wait) tells when it has ended.",
            details: jobID)
    }

    private func refuseForgottenSecrets() throws(ToolFailure) {
        guard !job.hiddenArguments.isEmpty else { return }
        let tool = ExecuteRegistry.tool(for: job.operation)?.name
        throw ToolFailure(
            .conflict,
            "\(job.id) had secret arguments, which were forgotten when it ended. "
                + (tool.map { "Call \($0) and give them anew." }
                    ?? "Order it anew with 'komodo-jobs run'."),
            details: jobID)
    }

    private var jobID: JSONObject { ["job_id": .string("\(job.id)")] }
}
