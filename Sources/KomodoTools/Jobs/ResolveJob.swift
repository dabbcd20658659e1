internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

extension JobTools {
    /// How a job with an unknown outcome is settled.
    enum Choice: String, CaseIterable {
        case adopt, retry, fail
    }

    /// `komodo_jobs_Resolve`.
    static let resolve = entry(
        ToolName.resolve, "Settle an unknown outcome",
        """
        Settles one job that ended as OUTCOME_UNKNOWN, when nobody could tell whether Komodo ran \
        it. Use it only after a look into Komodo (candidates of komodo_jobs_Get are updates that \
        may be it), and let the user decide: adopt when it ran, a new job follows that update; \
        retry when it did not, a new job runs it; fail when it no longer matters. A wrong retry \
        runs the operation twice, with everything it interrupts or deletes. For jobs that ended \
        otherwise use komodo_jobs_Retry. Settled once: a second time is CONFLICT. A retry of a \
        stop, restart or clone is confirmed as in komodo_execute_StopServer. Answers at once; \
        follow a new job with komodo_jobs_Wait.
        """,
        [
            JobArguments.jobID,
            .choice(
                "resolution",
                "adopt: it ran, as update_id. retry: it did not run. fail: leave it failed.",
                Choice.allCases.map(\.rawValue)
            ).required,
            .text(
                "update_id",
                "Komodo's update, 24 hexadecimal digits; with adopt only. Default: none.",
                example: "67a1b2c3d4e5f60718293a4b", pattern: "^[0-9a-fA-F]{24}$",
                length: 24...24),
            ExecuteArguments.confirmationToken,
        ], output: ResultSchema.of(JobSchema.steered), .acting(destructive: true), scope: .operate
    ) { call, context in
        let job = try await JobLookup.job(
            try call.arguments.requiredString("job_id"), for: call.caller, in: context)
        guard job.state == .failed(.outcomeUnknown) else {
            throw ToolFailure(
                .conflict,
                "The outcome of \(job.id) is known: \(job.state). \(ToolName.retry) runs a "
                    + "finished job again.", details: ["job_id": .string("\(job.id)")])
        }
        switch try choice(call.arguments) {
        case .retry:
            return try await Repetition(job: job, call: call, context: context).run {
                try await context.store.resolve(job.row, .retry, by: call.origin)
            }
        case .fail:
            let settled = try await context.store.resolve(job.row, .fail, by: call.origin)
            var answer = JobAnswer(call: call, context: context)
            answer.notes = ["Settled: it stays failed and is not run again."]
            return try await answer.reading(settled)
        case .adopt(let update):
            try Repetition(job: job, call: call, context: context).refuseWhoMayNotOrder()
            let new = try await context.store.resolve(job.row, .adopt(update), by: call.origin)
            var answer = JobAnswer(call: call, context: context)
            answer.notes = ["This job follows the update from now on."]
            await answer.startWorker(for: new)
            return try await answer.reading(new)
        }
    }

    private static func choice(_ arguments: ToolArguments) throws(ToolFailure) -> Resolution {
        _ = try arguments.requiredString("resolution")
        let update = try arguments.string("update_id")
        switch (try arguments.choice("resolution", Choice.self), update) {
        case (.retry, nil): return .retry
        case (.fail, nil): return .fail
        case (.adopt, let update?):
            guard update.utf8.count == 24, update.allSatisfy(\.isHexDigit) else { break }
            return .adopt(update.lowercased())
        case (.adopt, nil), (.retry, _?), (.fail, _?), (nil, _): break
        }
        throw arguments.fault(
            "update_id", "must be 24 hexadecimal digits with resolution adopt, and absent otherwise"
        )
    }
}
