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
        .field("limit_per_minute", .count, "Sustained.").required,
        .field("burst", .count, "The most in any 60 s.").required,
        .field("capacity", .count, "The most tokens that can be saved up.").required,
        .field(
            "budgets",
            .objects([
                .field("instance", .text, "Which Komodo.").required,
                .field("tokens", .count, "Requests that may be made right now.").required,
                .field("tokens_shared", .count, "Of those, for anything.").required,
                .field("tokens_polls", .count, "Kept for following jobs.").required,
                .field("tokens_reads", .count, "Kept for look-ups.").required,
                .field("blocked_for_seconds", .count, "Komodo asked for patience."),
                .field(
                    "spent",
                    .object([
                        .field("submissions", .count).required, .field("polls", .count).required,
                        .field("reads", .count).required,
                    ])
                ).required,
            ])
        ).required,
    ]
}
