internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

extension JobTools {
    /// `komodo_jobs_Budget`.
    static let budget = entry(
        ToolName.budget, "Show the rate budget",
        """
        Shows how many requests to Komodo may be made right now, and how many were: the budget \
        that every process of this install shares. Use it when jobs wait in phase throttled, or \
        before ordering many operations at once; for counts of jobs use komodo_jobs_Stats. Nothing \
        needs to be done about an empty budget: jobs wait and are sent by themselves, submissions \
        first. It reads the local database and costs no request. An install that has asked nothing \
        yet shows no budgets.
        """,
        [], output: ResultSchema.of(budgetOutput), .reading, scope: .read
    ) { call, context in
        ToolResults.success(
            try await budgetData(for: call.caller, in: context), at: context.clock.now(),
            links: [BudgetResource.listed])
    }

    /// The budgets that `caller` may see.
    static func budgetData(
        for caller: Caller, in context: ToolContext
    ) async throws -> JSONObject {
        let reports = try await context.store.budgets(context.limits).filter {
            caller.seesAll || $0.instance == context.access?.instance
        }
        return [
            "limit_per_minute": .int(context.limits.perMinute),
            "burst": .int(context.limits.burst),
            "capacity": .int(Int(context.limits.capacity)),
            "budgets": .array(reports.map(budgetJSON)),
        ]
    }

    private static func budgetJSON(_ report: BudgetReport) -> JSONValue {
        var object: JSONObject = [
            "instance": .string(report.instance), "tokens": .int(Int(report.bucket.total)),
            "tokens_shared": .int(Int(report.bucket.shared)),
            "tokens_polls": .int(Int(report.bucket.polls)),
            "tokens_reads": .int(Int(report.bucket.reads)),
        ]
        object["blocked_for_seconds"] = report.blockedFor.map {
            .int(($0.inMilliseconds + 999) / 1_000)
        }
        object["spent"] = [
            "submissions": .int(report.spent[.submission] ?? 0),
            "polls": .int(report.spent[.poll] ?? 0), "reads": .int(report.spent[.read] ?? 0),
        ]
        return .object(object)
    }

    private static let budgetOutput: [Property] = [
        .integer("limit_per_minute", "Requests per minute, sustained.", example: 100).required,
        .integer("burst", "The most requests in any 60 s.", example: 200).required,
        .integer("capacity", "The most tokens that can be saved up.", example: 96).required,
        .list(
            "budgets", "One for each Komodo.",
            of: Schema.object(
                [
                    .text("instance", "Which Komodo.", example: "https://komodo.example.com")
                        .required,
                    .integer("tokens", "Requests that may be made right now.", example: 80)
                        .required,
                    .integer("tokens_shared", "Of those, for anything.", example: 76).required,
                    .integer("tokens_polls", "Kept for following jobs.", example: 2).required,
                    .integer("tokens_reads", "Kept for reads people wait for.", example: 2)
                        .required,
                    .integer(
                        "blocked_for_seconds", "Komodo asked for patience for so long.",
                        example: 30),
                    .object(
                        "spent", "Requests made so far.",
                        [
                            .integer("submissions", "Operations sent.", example: 12).required,
                            .integer("polls", "To follow jobs.", example: 240).required,
                            .integer("reads", "Look-ups.", example: 30).required,
                        ], isOpen: true
                    ).required,
                ], isOpen: true)
        ).required,
    ]
}
