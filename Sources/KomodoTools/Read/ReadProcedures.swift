internal import JSON
internal import Jobs
internal import KomodoClient

/// `komodo_read_ListProcedures` and `komodo_read_GetProcedure`.
enum ReadProcedures {
    static let entries = [list, get]

    private static let triggers = ["manual", "scheduled", "webhook"]

    private static let list = ReadList.entry(
        ToolName.listProcedures, "List procedures",
        """
        Lists Komodo's procedures, the sequences of operations: what starts each, its schedule and \
        next run, how many stages it has and how it ended last. Use it to find a procedure's name \
        or id, or ones that failed; for the steps and past runs of one use \
        komodo_read_GetProcedure, for single scripts komodo_read_ListActions. trigger is scheduled \
        when a schedule is on, else webhook when webhooks are enabled, which is Komodo's default.
        """, .procedure,
        filters: [
            .words("trigger", "Only procedures that start so. Default: all.", triggers) {
                .trigger($0)
            }
        ], item: item + [.field("steps", .count, "Stages.")])

    private static let get = ReadDetail.entry(
        ToolName.getProcedure, "Show a procedure",
        """
        Shows one procedure: its steps in order with what each works on, its schedule, and its \
        newest 10 runs. Use it to know what a run will do before komodo_execute_RunProcedure, with \
        a name or id from komodo_read_ListProcedures; what a run wrote is in komodo_read_GetUpdate \
        under its execution_id. Steps of one order run at the same time. Runs that were ordered \
        here carry job_id for komodo_jobs_Get. Parameters that look secret are masked. An unknown \
        name fails with the nearest names.
        """, .procedure, example: "nightly",
        item: item,
        output: [
            .field("steps", .objects(step)), .field("variables", .textMap),
            .field("execution_history", .objects(run)),
        ], runs: ["execution_history", "last_execution"])

    private static let step: [Property] =
        .fields(.count, "order") + .fields(.text, "type", "action_id", "duration")
        + [.field("config", .anything)]
        + [Property].fields(
            .text, "stage", "operation", "deployment_id", "stack_id", "build_id", "repo_id",
            "procedure_id", "server_id", "sync_id"
        ).extra + [Property.field("enabled", .flag), .field("duration_ms", .count)].extra

    private static let run = ReadSchema.run + .fields(.count, "steps_completed", "steps_failed")

    private static let item: [Property] =
        ReadSchema.common() + ReadSchema.schedule
        + [
            .field("trigger", .word(triggers)),
            .field("last_execution", .object(ReadSchema.lastRun(run))),
        ]
}
