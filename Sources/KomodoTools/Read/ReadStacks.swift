internal import JSON
internal import Jobs
internal import KomodoClient

/// `komodo_read_ListStacks` and `komodo_read_GetStack`.
enum ReadStacks {
    static let entries = [list, get]

    private static let words = ["active", "inactive", "deploying"]

    private static let list = ReadList.entry(
        ToolName.listStacks, "List stacks",
        """
        Lists Komodo's stacks, each a compose project with its services, where it runs and where \
        its files come from. Use it to find a stack's name or id, or stacks with services that are \
        down or out of date; for the compose file and each service's state use \
        komodo_read_GetStack, for single containers komodo_read_ListDeployments. status is active \
        while anything of it runs; state is Komodo's own word.
        """, .stack,
        filters: [
            .words("status", "Only stacks in this state. Default: all.", words) { .status($0) }
        ], item: item + [.field("services", .texts)])

    private static let get = ReadDetail.entry(
        ToolName.getStack, "Show a stack",
        """
        Shows one stack: each service with its state, image and ports, networks, volumes, \
        environment, and the compose file as Komodo has it. Use it to check what a stack really \
        runs, with a name or id from komodo_read_ListStacks. Where they are offered, \
        komodo_read_GetLog has what its containers wrote, and komodo_read_ListUpdates what was \
        done to it. Values that look secret are masked in files and environment alike; names \
        stay. An unknown name fails with the nearest names.
        """, .stack, example: "monitoring",
        item: item,
        output: [
            .field(
                "services",
                .objects(
                    [.field("name", .text).required]
                        + .fields(.text, "status", "image") + .fields(.texts, "ports")
                        + [.field("replicas", .count)]
                        + ([Property].fields(.text, "state", "container", "status_text")
                        + [.field("update_available", .flag)]).extra)),
            .field("networks", .texts), .field("volumes", .texts),
            .field("compose_content", .text),
            .field("compose_files", .objects(.fields(.text, "path", "content"))),
            .field("env", .textMap),
        ] + [Property].fields(.text, "deployed_message", "latest_message").extra)

    private static let item: [Property] =
        ReadSchema.common(status: words) + ReadSchema.host
        + .fields(.count, "service_count", "running_services")
        + .fields(.text, "compose_file")
        + [Property].fields(
            .text, "status_text", "source", "repository", "branch", "provider", "repo_id",
            "repo_name", "deployed_commit", "latest_commit"
        ).extra
        + [Property.field("update_available", .flag), .field("missing_files", .texts)].extra
}
