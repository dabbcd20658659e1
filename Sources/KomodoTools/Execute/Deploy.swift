internal import JSON
internal import Jobs

extension ExecuteTool {
    /// `komodo_execute_Deploy`.
    static let deploy = ExecuteTool(
        name: ToolName.deploy, title: "Deploy", operation: .deploy,
        description: """
            Deploys one Komodo deployment: pulls its image as configured, stops and removes the \
            running container and starts a new one, so the service is down for a moment and \
            whatever the old container kept outside its volumes is lost. Use it to roll out an \
            image that exists; to make one, call komodo_execute_Build first. To restart everything \
            on a host, use komodo_execute_RestartServer. The order is a durable job: it survives \
            this server and is handed to Komodo effectively once, within the rate budget; jobs on \
            one deployment run one after the other. Follow it with komodo_jobs_Wait, read \
            komodo_jobs_Logs, stop it with komodo_jobs_Cancel while it is not sent (Komodo cannot \
            cancel a running deploy). An unknown name fails with NOT_FOUND and the nearest names.
            """,
        id: ExecuteArguments.id("deployment", example: "my-app"),
        options: [
            .flag("force", "Deploy even if nothing changed. Komodo always does.", default: false),
            .flag(
                "stopBeforeStart", "Stop the old container first. Komodo always does.",
                default: false),
            .flag(
                "skipPull", "Komodo Core cannot: true is refused; it decides about pulling itself.",
                default: false, example: false),
        ], isDestructive: true)
}
