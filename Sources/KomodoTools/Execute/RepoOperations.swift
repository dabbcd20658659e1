internal import JSON
internal import Jobs

extension ExecuteTool {
    /// `komodo_execute_PullRepo`.
    static let pullRepo = ExecuteTool(
        name: ToolName.pullRepo, title: "Pull a repository", operation: .pullRepo,
        description: """
            Pulls the latest commit of a Komodo repo into its clone on its server and runs the \
            repo's on_pull command, if it has one. Local changes in that clone are discarded. Use \
            it to update files on a server; to throw the clone away and start over use \
            komodo_execute_CloneRepo, to make an image use komodo_execute_Build. The branch is the \
            configured one. The order is a durable job: it survives this server and is handed to \
            Komodo effectively once; jobs on one repo run one after the other. Follow it with \
            komodo_jobs_Wait, read komodo_jobs_Logs; Komodo cannot cancel a running pull. An \
            unknown name fails with NOT_FOUND and the nearest names.
            """,
        id: ExecuteArguments.id("repo", example: "myapp-backend"),
        options: [
            branch,
            .flag(
                "force", "Discard local changes. Komodo always does.", default: false),
            submodules("on_pull"),
        ], isDestructive: true)

    /// `komodo_execute_CloneRepo`.
    static let cloneRepo = ExecuteTool(
        name: ToolName.cloneRepo, title: "Clone a repository anew", operation: .cloneRepo,
        description: """
            Clones a Komodo repo onto its server: the existing clone, with everything in it that \
            was not pushed, is deleted first. Use it for a first clone or a broken one; to update \
            and keep ignored files use komodo_execute_PullRepo. Branch and path are the configured \
            ones. It must be confirmed: the user is asked where the client can, else the first \
            call answers CONFIRMATION_REQUIRED with a confirmation_token to repeat it with after \
            the user has agreed; denied by default. The order is a durable job, handed to Komodo \
            effectively once; Komodo cannot cancel it once it runs. Follow it with \
            komodo_jobs_Wait, read komodo_jobs_Logs. An unknown name fails with NOT_FOUND and the \
            nearest names.
            """,
        id: ExecuteArguments.id("repo", example: "myapp-backend"),
        options: [
            branch,
            .integer(
                "depth",
                "Komodo Core cannot: any number is refused, it clones the whole history. Default: "
                    + "none.", in: 1...1_000_000, example: 1),
            submodules("on_clone"),
            .flag(
                "overwrite",
                "Replace an existing clone; without true, a repo that is cloned already is refused.",
                default: false, example: true),
        ], isDestructive: true)

    private static let branch: Property = .text(
        "branch",
        "Komodo Core has none for a single run: refused unless it is the one in the repo's config. "
            + "Default: the configured one.", example: "main", length: 0...200)

    private static func submodules(_ hook: String) -> Property {
        .flag(
            "submodules",
            "Komodo Core cannot: true is refused; it can run git submodule as \(hook).",
            default: false, example: false)
    }
}
