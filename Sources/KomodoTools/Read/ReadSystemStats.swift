internal import JSON
internal import KomodoClient

/// `komodo_read_GetSystemStats`.
enum ReadSystemStats {
    static let entry = ReadTool.entry(
        ToolName.getSystemStats, "Show how busy a server is",
        """
        Shows how busy one server is now: processor, load average, memory, swap, network and each \
        disk. Use it to find out whether a host has room before a deploy, or what an alert is \
        about; for the server's configuration, deployments and open alerts use \
        komodo_read_GetServer. Texts such as 45% are for people, the members beside them are \
        numbers. Komodo measures every few seconds, and measured_at says when. An unreachable \
        server fails, an unknown name with NOT_FOUND and the nearest names.
        """,
        [
            ReadArguments.name(
                "server", "The server's name or Komodo id, as in lists.", example: "prod-1"
            ).required
        ], toolset: .inspect, output: output
    ) { run in
        try await run.komodo.systemStats(
            ofServer: try run.arguments.requiredString("server"))
    }

    private static let output: [Property] =
        .fields(.text, "server_id", "server_name", "polling_rate") + ReadSchema.serverMetrics
        + .fields(.number, "memory_free_gb", "swap_used_gb", "swap_total_gb")
        + [
            .field(
                "disks",
                .objects(
                    .fields(.text, "mount", "file_system", "usage")
                        + .fields(.number, "used_gb", "total_gb"))),
            .field("unavailable", .texts),
        ]
}
