internal import JSON
internal import Jobs

extension ExecuteTool {
    /// `komodo_execute_TriggerAction`.
    static let triggerAction = ExecuteTool(
        name: ToolName.triggerAction, title: "Run an action", operation: .triggerAction,
        description: """
            Runs one Komodo action: a script stored there, with the rights of Komodo itself, which \
            may change or delete anything. Use it to run a script you know, with values in \
            payload; for several stages in order use komodo_execute_RunProcedure. The order is a \
            durable job: it survives this server and is never sent twice without evidence; when \
            the evidence is missing it ends as OUTCOME_UNKNOWN, which komodo_jobs_Resolve settles. \
            Secret-looking payload values are masked in every result and forgotten when the job \
            ends. Follow it with komodo_jobs_Wait; the end of what the script wrote is in output, \
            all of it in komodo_jobs_Logs; komodo_jobs_Cancel stops it in Komodo 2.3 and later. An \
            unknown name fails with NOT_FOUND and the nearest names.
            """,
        id: ExecuteArguments.id("action", example: "backup-database"),
        options: [
            .flag(
                "async",
                "Answer at once; false waits up to 45 s unless wait_seconds says otherwise.",
                default: true),
            .flag(
                "retryOnFailure",
                "Run it again when it fails, after a pause, as often as the server is set to (3 "
                    + "times unless told otherwise). Only for scripts that may run twice.",
                default: false),
        ],
        extras: [
            .object(
                "payload",
                "A JSON object of any shape that the script gets as its arguments, over the "
                    + "action's configured ones; at most 100 kB. Default: none.", [], isOpen: true,
                example: ["target": "production"])
        ], isDestructive: true,
        parameters: { arguments throws(ToolFailure) in
            guard let payload = try arguments.object("payload") else { return [:] }
            let size = JSONValue.object(payload).serialized().utf8.count
            guard size <= payloadBytesMax else {
                throw ToolFailure([
                    ArgumentFault(
                        "/payload", "must have at most \(payloadBytesMax) bytes; it has \(size)")
                ])
            }
            return ["args": .object(payload)]
        })

    private static let payloadBytesMax = 100_000
}
