internal import JSON
internal import Jobs
internal import KomodoClient

/// `komodo_read_ListRepos` and `komodo_read_GetRepo`.
enum ReadRepos {
    static let entries = [list, get]

    private static let providers = ["github", "gitlab", "bitbucket", "other"]

    private static let list = ReadList.entry(
        ToolName.listRepos, "List repositories",
        """
        Lists the Git repositories that Komodo knows: provider, address, branch, where each is \
        checked out, when it was pulled last, and the builds that use it. Use it to find a \
        repository's name or id; for its newest commit and webhook use komodo_read_GetRepo, for \
        what is built komodo_read_ListBuilds. provider is told by the host: one of your own is \
        other.
        """, .repo,
        filters: [
            .words("provider", "Only repositories there. Default: all.", providers) {
                .provider($0)
            }
        ], item: item)

    private static let get = ReadDetail.entry(
        ToolName.getRepo, "Show a repository",
        """
        Shows one repository: provider, branch, checkout, whether an account and a webhook are \
        set, and the newest commit that Komodo knows. Use it to see what is checked out before a \
        build, with a name or id from komodo_read_ListRepos; to fetch new commits use \
        komodo_execute_PullRepo. recent_commits has only what Komodo remembers, one commit at most \
        with Komodo Core. Credentials themselves are never shown. An unknown name fails with the \
        nearest names.
        """, .repo, example: "infra",
        item: item,
        output: [
            .field(
                "credentials",
                .object(
                    .fields(.text, "type", "account") + [.field("configured", .flag)])),
            .field(
                "webhook",
                .object([
                    .field("enabled", .flag), .field("url", .text), .field("events", .texts),
                ])),
            .field("env", .textMap),
            .field(
                "recent_commits",
                .objects(
                    .fields(.text, "sha", "message", "branch", "author", "timestamp"))),
        ])

    private static let item: [Property] =
        ReadSchema.common()
        + [.field("provider", .word(providers))]
        + .fields(.text, "url", "branch", "last_sync") + .fields(.flag, "webhook_configured")
        + [.field("builds", .texts)]
        + [Property].fields(
            .text, "provider_host", "repository", "commit", "server_id", "server_name",
            "builder_id", "path", "cloned_commit", "latest_commit", "last_build_at"
        ).extra + [Property].fields(.flag, "webhook_enabled").extra
}
