internal import JSON
internal import KomodoClient

/// `komodo_read_ListContainers`.
enum ReadContainers {
    static let entry = ReadTool.entry(
        ToolName.listContainers, "List containers",
        """
        Lists the Docker containers of one server or of all, whoever started them: state, health, \
        image, ports, networks and load. Use it to see what really runs on a host, for example \
        before komodo_execute_StopServer; what Komodo manages is in komodo_read_ListDeployments \
        and komodo_read_ListStacks, and what a container writes in komodo_read_GetLog. project and \
        service are there for containers of compose projects.
        """,
        ReadArguments.paging + [
            ReadArguments.name(
                "server", "Only containers on this server, by name or id. Default: all.",
                example: "prod-1")
        ], toolset: .inspect, output: ReadList.output(item)
    ) { run in
        let page = try ReadArguments.page(run.arguments)
        let query = ContainerQuery(server: try run.arguments.string("server"), page: page)
        return ReadList.data(try await run.komodo.containers(query), page)
    }

    private static let item: [Property] =
        [.field("name", .text).required]
        + .fields(
            .text, "id", "server_id", "server_name", "image", "state", "status_text", "health",
            "project", "service")
        + .fields(.texts, "ports", "networks", "volumes")
        + ([Property].fields(.text, "created_at") + .fields(.texts, "unavailable")).extra
        + [Property.field("metrics", .object(ReadSchema.containerMetrics))].extra
}
