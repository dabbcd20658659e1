internal import JSON

/// The members that the documents of several resources have in common.
///
/// One schema serves both interfaces of Komodo: it names what either has, and requires what both
/// always have.
enum ReadSchema {
    /// Of every resource.
    static func common(status words: [String] = []) -> [Property] {
        [.field("id", .text).required, .field("name", .text).required]
            + .fields(.text, "description").extra
            + .fields(.text, "state")
            + [.field("status", words.isEmpty ? .text : .word(words))]
            + .fields(.texts, "tags") + .fields(.text, "createdAt", "updatedAt")
            + (.fields(.texts, "unavailable") + [.field("is_template", .flag)]).extra
    }

    /// Where something runs.
    static let host: [Property] =
        .fields(.text, "server_id", "server_name")
        + .fields(.text, "swarm_id", "swarm_name").extra

    /// How busy a server is.
    static let serverMetrics: [Property] =
        .fields(
            .text, "uptime", "cpu_usage", "memory_usage", "disk_usage", "network_in", "network_out")
        + [Property].fields(
            .number, "cpu_usage_percent", "memory_used_gb", "memory_total_gb",
            "memory_usage_percent", "disk_used_gb", "disk_total_gb", "disk_usage_percent",
            "network_in_bytes_per_second", "network_out_bytes_per_second"
        ).extra
        + [
            Property.field("load_average", .object(.fields(.number, "one", "five", "fifteen"))),
            .field("measured_at", .text),
        ].extra

    /// How busy a container is.
    static let containerMetrics: [Property] =
        .fields(
            .text, "cpu_usage", "memory_usage", "network_in", "network_out", "uptime")
        + [Property].fields(
            .text, "network_received", "network_sent", "block_read", "block_written"
        ).extra
        + ([Property].fields(.number, "cpu_usage_percent", "memory_usage_percent")
        + [.field("processes", .count)]).extra

    /// A run of something.
    static let run: [Property] =
        .fields(
            .text, "execution_id", "status", "started_at", "completed_at", "duration", "job_id")
        + ([Property].fields(.text, "operator") + [.field("duration_ms", .count)]).extra

    /// The last of `run`, of which lists of tools name little.
    static func lastRun(_ run: [Property]) -> [Property] {
        run.flatMap { $0.name == "status" ? [$0] : [$0].extra }
    }

    /// When something starts by itself.
    static let schedule: [Property] =
        .fields(.text, "schedule", "next_run_at") + .fields(.flag, "enabled")
        + [Property].fields(.text, "schedule_format", "schedule_timezone", "schedule_error").extra
        + [Property].fields(.flag, "schedule_enabled", "webhook_enabled").extra

    /// An alert in a list.
    static let alert: [Property] =
        [
            .field("id", .text).required, .field("title", .text),
            .field("severity", .word(["info", "warning", "error", "critical"])),
            .field("resolved", .flag),
        ]
        + .fields(
            .text, "resource_type", "resource_id", "resource_name", "message", "triggered_at",
            "last_updated")
        + [.field("metrics", .object(alertMetrics))]
        + ([Property].fields(.text, "level", "alert_type", "resolved_at")
        + [.field("unavailable", .texts)]).extra

    private static let alertMetrics: [Property] =
        .fields(.text, "cpu_usage", "threshold", "duration")
        + [Property].fields(.text, "memory_usage", "disk_usage", "mount", "peak").extra
        + [Property].fields(
            .number, "cpu_usage_percent", "memory_used_gb", "memory_total_gb",
            "memory_usage_percent", "disk_used_gb", "disk_total_gb", "disk_usage_percent"
        ).extra
}
