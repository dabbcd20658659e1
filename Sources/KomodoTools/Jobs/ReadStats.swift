internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

extension JobTools {
    /// `komodo_jobs_Stats`.
    static let stats = entry(
        ToolName.stats, "Count jobs",
        """
        Counts the jobs of this install by operation and outcome, with how long successful ones \
        took. Use it for a summary of a day or an incident; for the jobs themselves use \
        komodo_jobs_List, for the rate limit komodo_jobs_Budget. It reads the local database and \
        costs no request to Komodo. Over HTTP it needs the scope admin, for it counts everybody's \
        jobs. Jobs that were pruned are not counted.
        """,
        [JobArguments.since], output: ResultSchema.of(statsOutput), .reading, scope: .admin
    ) { call, context in
        let now = context.clock.now()
        let text = try call.arguments.string("since")
        let since = try text.map { text throws(ToolFailure) in
            try MomentText.read(text, argument: "since", now: now)
        }
        let stats = try await context.store.stats(since: since)
        var data: JSONObject = [
            "operations": .array(stats.rows.map(statsJSON)),
            "phases": .object(
                JSONObject(
                    JobState.all.compactMap { state in
                        stats.byState[state].map { ("\(state)", .int($0)) }
                    })),
        ]
        data["since"] = since.map { .string($0.iso8601) }
        return ToolResults.success(data, at: now)
    }

    private static func statsJSON(_ row: StoreStats.Row) -> JSONValue {
        var object: JSONObject = ["operation": .string(row.operation.idWord)]
        for status in JobStatus.allCases {
            object[status.rawValue] = .int(row.counts[status] ?? 0)
        }
        object["median_ms"] = row.median.map { .int($0) }
        object["p90_ms"] = row.p90.map { .int($0) }
        return .object(object)
    }

    private static let statsOutput: [Property] = [
        .field(
            "operations",
            .objects(
                [.field("operation", .word(JobOperation.allCases.map(\.idWord))).required]
                    + JobStatus.allCases.map { .field($0.rawValue, .count).required } + [
                        .field("median_ms", .count, "Of successful runs."),
                        .field("p90_ms", .count),
                    ])
        ).required,
        .field("phases", .counts, "By state and phase, as in failed/deadline.").required,
        .field("since", .moment, "Absent for everything."),
    ]
}
