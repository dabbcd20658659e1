internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

extension JobTools {
    /// `komodo_jobs_List`.
    static let list = entry(
        ToolName.list, "List jobs",
        """
        Lists jobs of this install, newest first: what was asked for, by state, operation, target \
        or time. Use it to find a job_id after a lost answer, or what went wrong lately; with a \
        job_id in hand use komodo_jobs_Get, and for counts komodo_jobs_Stats. It reads the local \
        database, so it costs no request to Komodo and works while Komodo is down. It shows jobs \
        that were asked for through this product only, never what others did in Komodo itself; \
        over HTTP without the scope admin, only the caller's own. A page past the end is empty.
        """,
        [
            .integer(
                "page", "Which page, from 1.", in: 1...1_000_000, default: 1, example: 2),
            .integer(
                "page_size", "Jobs on a page.", in: 1...pageSizeMax, default: 50, example: 20),
            .list(
                "status", "Only these states. Default: all.",
                of: [
                    "type": "string",
                    "enum": .array(JobStatus.allCases.map { .string($0.rawValue) }),
                ], example: ["failed", "running"]),
            .choice(
                "phase", "Only this phase, the reason for a state. Default: all.",
                JobPhase.allCases.map(\.rawValue)),
            .choice(
                "operation", "Only this operation, as in job ids. Default: all.",
                JobOperation.allCases.map(\.idWord)),
            .text(
                "target",
                "Only jobs on the target with exactly this name or Komodo id. Default: all.",
                example: "my-app", length: 1...200),
            JobArguments.since,
        ],
        output: ResultSchema.page(of: JobSchema.brief), .reading, scope: .read
    ) { call, context in
        try await ListRun(call: call, context: context).run()
    }

    /// The most jobs on a page.
    static let pageSizeMax = 100
}

/// One call of `komodo_jobs_List`.
private struct ListRun {
    let call: ToolCall
    let context: ToolContext

    func run() async throws -> CallResult {
        let page = try call.arguments.int("page", in: 1...1_000_000) ?? 1
        let size = try call.arguments.int("page_size", in: 1...JobTools.pageSizeMax) ?? 50
        let now = context.clock.now()
        let found = try await context.store.page(
            try query(size, now), offset: (page - 1) * size)
        let rows = JobData.list(found.jobs, as: .result)
        var data: JSONObject = [
            "items": rows.items, "total": .int(found.total), "page": .int(page),
            "pageSize": .int(size), "totalPages": .int((found.total + size - 1) / size),
        ]
        data["notes"] = rows.note.map { [.string($0)] }
        return ToolResults.success(data, at: now)
    }

    private func query(_ size: Int, _ now: JobTime) throws(ToolFailure) -> JobQuery {
        let since = try call.arguments.string("since")
        var query = JobQuery(
            statuses: try call.arguments.choices("status", JobStatus.self),
            phase: try call.arguments.choice("phase", JobPhase.self), operation: try operation(),
            target: try call.arguments.string("target"),
            since: try since.map { text throws(ToolFailure) in
                try MomentText.read(text, argument: "since", now: now)
            }, limit: size)
        query.restrict(to: call.caller)
        return query
    }

    private func operation() throws(ToolFailure) -> JobOperation? {
        guard let word = try call.arguments.string("operation") else { return nil }
        if let operation = JobOperation(idWord: word) ?? JobOperation(word: word) {
            return operation
        }
        let words = JobOperation.allCases.map(\.idWord)
        throw call.arguments.fault(
            "operation", "must be an operation as in job ids", allowed: words)
    }
}
