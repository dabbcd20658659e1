internal import JSON
internal import Jobs

extension ExecuteTool {
    /// `komodo_execute_Build`.
    static let build = ExecuteTool(
        name: ToolName.build, title: "Build an image", operation: .build,
        description: """
            Runs one Komodo build: fetches its source, builds the image and pushes it to its \
            registry under the next version. Nothing that runs is touched. Use it to make an \
            image; roll it out with komodo_execute_Deploy afterwards, unless the deployment \
            redeploys on build by itself. To update a clone on a server instead, use \
            komodo_execute_PullRepo. The order is a durable job: it survives this server and is \
            handed to Komodo effectively once. Builds take minutes: follow it with \
            komodo_jobs_Wait (the log grows while it runs, see komodo_jobs_Logs); \
            komodo_jobs_Cancel stops one in Komodo 2.3 and later. A failed build ends with \
            EXECUTION_ERROR and the end of its output. An unknown name fails with NOT_FOUND and \
            the nearest names.
            """,
        id: ExecuteArguments.id("build", example: "api-build"),
        options: [
            .flag(
                "skipCache",
                "Komodo Core cannot: true is refused; it has --no-cache in the build's extra_args.",
                default: false, example: false),
            .flag(
                "skipPull", "Komodo Core cannot: true is refused; it always fetches the source.",
                default: false, example: false),
            .flag(
                "forceBuild", "Build even if nothing changed. Komodo always does.",
                default: false),
        ], isDestructive: false)
}
