internal import JSON
internal import Jobs
internal import KomodoClient

/// `komodo_read_ListServers` and `komodo_read_GetServer`.
enum ReadServers {
    static let entries = [list, get]

    private static let words = ["running", "stopped", "pending", "error"]

    private static let list = ReadList.entry(
        ToolName.listServers, "List servers",
        """
        Lists the servers that Komodo manages, by name: whether each is reachable, its address, \
        region and tags. Use it to find a server's name or id, or to see which are down; for one \
        server's load, deployments and open alerts use komodo_read_GetServer, and for containers \
        komodo_read_ListContainers where it is offered. status is error for an unreachable server and stopped for one \
        that is disabled in Komodo; Komodo Core has no pending, and that filter is refused with \
        UNSUPPORTED_OPTION.
        """, .server,
        filters: [
            .words("status", "Only servers in this state. Default: all.", words) { .status($0) }
        ], item: item)

    private static let get = ReadDetail.entry(
        ToolName.getServer, "Show a server",
        """
        Shows one server: its address, hardware and operating system, load now, the ids of its \
        deployments and its open alerts. Use it to check a server before and after an operation, \
        with a name or an id from komodo_read_ListServers; for the load of every disk use \
        komodo_read_GetSystemStats where it is offered. metrics is absent while the server is unreachable, and \
        unavailable says why. An unknown name fails with the nearest names.
        """, .server, example: "prod-1",
        item: item,
        output: [
            .field(
                "config",
                .object(
                    .fields(.text, "memory", "cpu", "disk", "os")
                        + [Property].fields(
                            .text, "kernel", "hostname", "cpu_brand", "cpu_arch"
                        ).extra + [Property].fields(.number, "memory_gb", "disk_gb", "cores").extra)
            ),
            .field("metrics", .object(ReadSchema.serverMetrics)),
            .field("deployments", .texts), .field("alerts", .list),
        ])

    private static let item: [Property] =
        ReadSchema.common(status: words)
        + .fields(.text, "host", "region", "provider", "error") + [.field("port", .count)]
        + [Property].fields(
            .text, "address", "external_address", "public_ip", "version"
        ).extra
        + [
            Property.field("enabled", .flag),
            .field("metrics", .object(ReadSchema.serverMetrics)),
        ].extra
}
