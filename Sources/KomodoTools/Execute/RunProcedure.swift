internal import JSON
internal import Jobs

extension ExecuteTool {
    /// `komodo_execute_RunProcedure`.
    static let runProcedure = ExecuteTool(
        name: ToolName.runProcedure, title: "Run a procedure", operation: .runProcedure,
        description: """
            Runs one Komodo procedure: the stages configured there, which may deploy, stop or \
            delete whatever they name. Use it to run a known sequence; for a single script use \
            komodo_execute_TriggerAction; for a single deployment komodo_execute_Deploy. The order \
            is a durable job: it survives this server and is never sent twice without evidence; \
            when the evidence is missing it ends as OUTCOME_UNKNOWN, which komodo_jobs_Resolve \
            settles. A run that fails after some stages ends with partial: true; what those stages \
            did stays done. Follow it with komodo_jobs_Wait, read komodo_jobs_Logs; \
            komodo_jobs_Cancel stops it in Komodo 2.3 and later. An unknown name fails with \
            NOT_FOUND and the nearest names.
            """,
        id: ExecuteArguments.id("procedure", example: "nightly-backup"),
        options: [
            .flag(
                "async",
                "Answer at once; false waits up to 45 s unless wait_seconds says otherwise.",
                default: true),
            timeout(600),
        ],
        extras: [
            .map(
                "variables",
                "Komodo Core's procedures take none, so anything but {} is refused there; an action "
                    + "takes a payload. Default {}.",
                values: ["type": "string"], sizeMax: 100, example: [:])
        ], isDestructive: true,
        parameters: { arguments throws(ToolFailure) in
            let variables = try arguments.object("variables") ?? [:]
            guard variables.isEmpty else {
                throw OptionRules.refusal(
                    "variables", OptionRules.variables.instead, OptionRules.variables.field)
            }
            return [:]
        })
}
