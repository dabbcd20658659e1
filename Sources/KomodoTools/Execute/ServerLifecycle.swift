internal import JSON
internal import Jobs

extension ExecuteTool {
    /// `komodo_execute_StartServer`.
    static let startServer = ExecuteTool(
        name: ToolName.startServer, title: "Start a server's containers", operation: .startServer,
        description: """
            Starts every stopped container on one Komodo server, those of other people's services \
            included; the machine itself is not touched. Use it after komodo_execute_StopServer; \
            to start anew what already runs, use komodo_execute_RestartServer, and for one service \
            komodo_execute_Deploy. Containers that were stopped on purpose start too. The order is \
            a durable job: it survives this server and is handed to Komodo effectively once; \
            follow it with komodo_jobs_Wait. Komodo cannot cancel it once it runs. With \
            waitForHealthy the job ends only when the server is up and its containers are healthy, \
            else it fails. An unknown name fails with NOT_FOUND and the nearest names.
            """,
        id: ExecuteArguments.id("server", example: "prod-1"),
        options: [timeout(120), waitForHealthy], isDestructive: false)

    /// `komodo_execute_StopServer`.
    static let stopServer = ExecuteTool(
        name: ToolName.stopServer, title: "Stop a server's containers", operation: .stopServer,
        description: """
            Stops every container on one Komodo server: all services there go down, Komodo's own \
            included unless labelled komodo.skip, and stay down until komodo_execute_StartServer. \
            The machine keeps running and no data is deleted. Use it for maintenance of a whole \
            host; for an interruption only, use komodo_execute_RestartServer. It must be \
            confirmed: the user is asked where the client can, else the first call answers \
            CONFIRMATION_REQUIRED with a confirmation_token to repeat it with after the user has \
            agreed; denied by default. The order is a durable job, handed to Komodo effectively \
            once; Komodo cannot cancel it once it runs. Follow it with komodo_jobs_Wait.
            """,
        id: ExecuteArguments.id("server", example: "staging"),
        options: [
            timeout(30),
            .flag(
                "force", "Komodo Core cannot: true is refused; it sends no SIGKILL to all at once.",
                default: false, example: false),
            .flag(
                "removeContainer",
                "Komodo Core cannot: true is refused; its DestroyDeployment removes single ones.",
                default: false, example: false),
        ], isDestructive: true)

    /// `komodo_execute_RestartServer`.
    static let restartServer = ExecuteTool(
        name: ToolName.restartServer, title: "Restart a server's containers",
        operation: .restartServer,
        description: """
            Restarts every container on one Komodo server: all services there are interrupted, \
            Komodo's own included unless labelled komodo.skip; the machine itself is not rebooted \
            and images are not updated. Use it when a whole host misbehaves; to roll out a new \
            image use komodo_execute_Deploy, to take services down komodo_execute_StopServer. It \
            must be confirmed: the user is asked where the client can, else the first call answers \
            CONFIRMATION_REQUIRED with a confirmation_token to repeat it with after the user has \
            agreed; denied by default. The order is a durable job, handed to Komodo effectively \
            once; Komodo cannot cancel it once it runs. With waitForHealthy the job ends only when \
            the containers are healthy. Follow it with komodo_jobs_Wait.
            """,
        id: ExecuteArguments.id("server", example: "staging"),
        options: [
            timeout(120),
            .flag(
                "force", "Komodo Core cannot: true is refused; it sends no SIGKILL to all at once.",
                default: false, example: false),
            waitForHealthy,
        ], isDestructive: true)

    /// Our own deadline, with an example.
    static func timeout(_ example: Int) -> Property {
        .integer(
            "timeout",
            "Seconds after Komodo accepted it, after which we stop waiting and the job fails with "
                + "TIMEOUT_ERROR; Komodo may go on working. Default: none.",
            in: 1...OptionRules.deadlineSecondsMax, example: example)
    }

    /// Whether the end is waited for that counts.
    static let waitForHealthy: Property = .flag(
        "waitForHealthy",
        "After success, watch the containers until they are healthy; waits 45 s for the answer "
            + "unless wait_seconds says otherwise.", default: false)
}
