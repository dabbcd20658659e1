internal import JSON
internal import KomodoClient

/// `komodo_read_ListAlerts` and `komodo_read_GetAlert`.
enum ReadAlerts {
    static let entries = [list, get]

    private static let severities = ["info", "warning", "error", "critical"]

    private static let list = ReadTool.entry(
        ToolName.listAlerts, "List alerts",
        """
        Lists Komodo's alerts, the newest first: servers that are unreachable or busy, containers \
        that changed state, failed builds and the like. Use it to see what is wrong now, with \
        resolved false; for the course of one alert use komodo_read_GetAlert, for its server \
        komodo_read_GetServer. Komodo Core has no severity error: that filter is refused with \
        UNSUPPORTED_OPTION. Core does not count them: total is a least number when \
        total_is_at_least is there.
        """,
        ReadArguments.paging + [
            .choice("severity", "Only alerts of this severity. Default: all.", severities),
            .flag("resolved", "Only resolved alerts, or only open ones. Default: all."),
            .text(
                "resource_type",
                "Only alerts about this type, in lower snake case, as resource_sync. Default: all.",
                example: "server", length: 1...40),
        ], output: ReadList.output(ReadSchema.alert)
    ) { run in
        let page = try ReadArguments.page(run.arguments)
        let query = AlertQuery(
            severity: try ReadArguments.word("severity", of: severities, in: run.arguments),
            isResolved: try run.arguments.bool("resolved"),
            resourceType: try run.arguments.string("resource_type"), page: page)
        let found = try await run.komodo.alerts(query)
        var data = ReadList.data(found, page)
        let note = ReadList.note(found, page) { _ in
            "narrow them with severity, resolved and resource_type"
        }
        if let note { data["notes"] = [note] }
        return data
    }

    private static let get = ReadTool.entry(
        ToolName.getAlert, "Show an alert",
        """
        Shows one alert: what it is about, how serious, since when, its measurements and what \
        happened to it. Use it with an id from komodo_read_ListAlerts; to look at the resource \
        itself use komodo_read_GetServer, komodo_read_GetDeployment or komodo_read_GetStack with \
        its resource_id. Only what Komodo recorded is shown: suggestions and notifications are \
        absent with Komodo Core. An unknown id fails with NOT_FOUND.
        """,
        [
            .text(
                "id", "The alert's id; alerts have no names.", example: "67a1b2c3d4e5f60718293a4b",
                length: 1...200
            ).required
        ],
        output: ReadDetail.known(ReadSchema.alert) + [
            .field("description", .text),
            .field(
                "timeline",
                .objects(.fields(.text, "timestamp", "event", "cpu_usage"))),
            .field("suggested_actions", .texts), .field("related_alerts", .list),
            .field("notification_sent", .flag), .field("notified_users", .texts),
        ]
    ) { run in
        try await run.komodo.alert(try run.arguments.requiredString("id"))
    }
}
