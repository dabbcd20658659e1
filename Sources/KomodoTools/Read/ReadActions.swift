internal import JSON
internal import Jobs
internal import KomodoClient

/// `komodo_read_ListActions` and `komodo_read_GetAction`.
enum ReadActions {
    static let entries = [list, get]

    private static let types = ["script", "api", "notification"]

    private static let list = ReadList.entry(
        ToolName.listActions, "List actions",
        """
        Lists Komodo's actions, the scripts that run inside Komodo: schedule, next run and how \
        each ended last. Use it to find an action's name or id; for the script and its output use \
        komodo_read_GetAction, for sequences of operations komodo_read_ListProcedures. Every \
        action of Komodo Core is a script that may start: type api or notification and enabled \
        false are refused there with UNSUPPORTED_OPTION.
        """, .action,
        filters: [
            .words("type", "Only actions of this type. Default: all.", types) { .actionType($0) },
            enabled,
        ], item: item)

    private static let enabled = ReadList.Filter(
        property: .flag(
            "enabled", "Only actions that may start, or only others. Default: all.", example: true)
    ) { (arguments) throws(ToolFailure) in
        try arguments.bool("enabled").map { ResourceQuery.Filter.enabled($0) }
    }

    private static let get = ReadDetail.entry(
        ToolName.getAction, "Show an action",
        """
        Shows one action: its script, default arguments, schedule, and its newest 10 runs with the \
        end of what the latest wrote. Use it to know what a run will do before \
        komodo_execute_TriggerAction, with a name or id from komodo_read_ListActions; the whole \
        log of a run is in komodo_read_GetUpdate under its execution_id. Runs that were ordered \
        here carry job_id for komodo_jobs_Logs. Secrets in the script and the arguments are \
        masked. An unknown name fails with the nearest names.
        """, .action, example: "report",
        item: item,
        output: [
            .field(
                "config",
                .object(
                    .fields(.text, "script", "working_directory", "timeout")
                        + [.field("arguments", .anything), .field("environment", .textMap)]
                        + [
                            Property.field("arguments_format", .text),
                            .field("run_at_startup", .flag),
                        ].extra)),
            .field("execution_history", .objects(run)),
        ], runs: ["execution_history", "last_execution"])

    private static let run =
        ReadSchema.run
        + [
            .field("executed_at", .text), .field("exit_code", .count), .field("output", .text),
        ]

    private static let item: [Property] =
        ReadSchema.common() + ReadSchema.schedule
        + [
            .field("type", .word(types)),
            .field("last_execution", .object(ReadSchema.lastRun(run))),
        ]
        + .fields(.text, "script", "timeout")
}
