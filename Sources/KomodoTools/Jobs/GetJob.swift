internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

extension JobTools {
    /// `komodo_jobs_Get`.
    static let get = entry(
        ToolName.get, "Show a job",
        """
        Shows one job as it is now: state and reason, target, arguments, times, result and the end \
        of its history. Use it to learn how something ended, also long after and after restarts; \
        to be told when it ends use komodo_jobs_Wait, for everything it wrote komodo_jobs_Logs, \
        and without a job_id komodo_jobs_List. It reads the local database and costs no request to \
        Komodo. A job that failed is a normal result here, with success: false and error. \
        Secret-looking arguments are masked. Fails with NOT_FOUND for an unknown job, which over \
        HTTP includes other people's.
        """,
        [JobArguments.jobID],
        output: ResultSchema.of(
            JobSchema.whole(JobOperation.allCases) + [
                .field("arguments", .anything, "Beyond the target, masked."),
                .field(
                    "history",
                    .objects([
                        .field("at", .moment).required, .field("reason", .text).required,
                        .field("state", .text, "Afterwards.").required,
                    ]), "The last changes, oldest first."),
                .field("asked_by", .text),
                .field("attempt", .count, "How often it was, or may have been, sent."),
            ], listsCodes: true), .reading, scope: .read
    ) { call, context in
        let job = try await JobLookup.job(
            try call.arguments.requiredString("job_id"), for: call.caller, in: context)
        let sheet = try await JobSheet.load(job, in: context, for: call.caller)
        var data = JobData.whole(sheet)
        if !job.arguments.isEmpty { data["arguments"] = shown(job.arguments) }
        data["asked_by"] = .string(job.caller.principal)
        data["attempt"] = .int(job.attempt)
        let history = try await context.store.events(EventQuery(job.row, limit: historyMax))
        data["history"] = .array(
            history.events.map { event in
                [
                    "at": .string(event.at.iso8601), "reason": .string(event.reason),
                    "state": .string("\(event.state)"),
                ]
            })
        return ToolResults.success(data, at: sheet.now, links: JobLinks.all(job))
    }

    private static let historyMax = 20

    /// The arguments, or their size when they are too long for a result.
    private static func shown(_ arguments: JSONObject) -> JSONValue {
        let size = JSONValue.object(arguments).serialized().utf8.count
        guard size > BoundedText.quoteBytesMax else { return .object(arguments) }
        return ["omitted": .string("\(size) bytes; 'komodo-jobs show' prints them")]
    }
}
