internal import JSON
internal import Jobs
internal import KomodoClient

/// `komodo_read_ListBuilds` and `komodo_read_GetBuild`.
enum ReadBuilds {
    static let entries = [list, get]

    private static let words = ["pending", "building", "success", "failed"]

    private static let list = ReadList.entry(
        ToolName.listBuilds, "List builds",
        """
        Lists Komodo's builds, each a way to make an image: source, branch, last built commit, \
        image name and tags, and how the last run ended. Use it to find a build's name or id, or \
        builds that fail; for arguments and past runs of one use komodo_read_GetBuild, to start \
        one komodo_execute_Build. status is pending when Komodo does not know of a run. tags are \
        those of the image, resource_tags those in Komodo.
        """, .build,
        filters: [
            .name(
                "repo_id",
                "Only builds from this linked repository, by name or id. Default: all.",
                example: "backend"
            ) { .repo($0) },
            .words("status", "Only builds in this state. Default: all.", words) { .status($0) },
        ], item: item)

    private static let get = ReadDetail.entry(
        ToolName.getBuild, "Show a build",
        """
        Shows one build: source, Dockerfile, arguments, image, and its newest 10 runs with who \
        started them, how they ended and how long they took. Use it to follow up a build, with a \
        name or id from komodo_read_ListBuilds; the log of one run is in komodo_read_GetUpdate \
        under its execution_id. Runs that were ordered here carry job_id for komodo_jobs_Logs. \
        Build arguments that look secret are masked. An unknown name fails with the nearest names.
        """, .build, example: "api-image",
        item: item,
        output: [
            .field("build_args", .textMap), .field("cache_enabled", .flag),
            .field(
                "build_history",
                .objects(
                    ReadSchema.run
                        + .fields(
                            .text, "version", "commit", "triggered_by", "branch", "image_size")
                        + [.field("build_number", .count)])),
        ] + [Property].fields(.text, "commit_message", "latest_commit_message").extra,
        runs: ["build_history"])

    private static let item: [Property] =
        ReadSchema.common(status: words)
        + .fields(
            .text, "repo_id", "repo_name", "branch", "commit", "version", "dockerfile",
            "build_context", "image_registry", "image_name", "last_build_at",
            "last_build_duration")
        + [Property].fields(
            .text, "repository", "provider", "latest_commit", "builder_id"
        ).extra
        + [
            Property.field("resource_tags", .texts), .field("last_build_duration_ms", .count),
        ].extra
}
