internal import ArgumentParser
private import JSON
private import JobStore
private import Jobs

/// `komodo-jobs show`.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one job with its history.",
        discussion: """
            Secrets are masked. --reveal shows what is stored, also the secret arguments of a job \
            that has not ended; when it ends they are deleted.
            """)

    @Argument(help: jobHelp)
    var job: String

    @OptionGroup var revelation: RevealOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openExisting()
        try revelation.apply(to: store.path)
        var job = try await store.job(job)
        let forgotten =
            revelation.reveal ? try await Self.revealArguments(of: &job, store) : []
        let history = try await store.events(EventQuery(job.row))
        let holder = try await holder(of: job, store)
        let printer = Printer(output)
        printer.print(
            job,
            extra: [
                ("events", .array(history.events.map(Self.json))),
                ("earlier_events", .int(history.earlier)),
                ("waits_for", JobJSON.text(holder.map { "\($0.id)" })),
            ]
                + (forgotten.isEmpty
                    ? [] : [("arguments_forgotten", .array(forgotten.map { .string($0) }))]),
            text: JobPage.text(
                job, history: history, holder: holder, forgotten: forgotten,
                now: store.clock.now(), style: printer.style))
    }

    /// Puts the secret arguments in their places.
    ///
    /// - Returns: the names of those that are stored no more.
    private static func revealArguments(
        of job: inout JobRecord, _ store: SQLiteJobStore
    ) async throws -> [String] {
        for member in try await store.secrets(of: job.row).members {
            job.arguments[member.key] = member.value
        }
        guard job.state.isTerminal else { return [] }
        return job.hiddenArguments
    }

    /// The job that this one waits for.
    private func holder(of job: JobRecord, _ store: SQLiteJobStore) async throws -> JobRecord? {
        guard job.state.status == .pending, !job.holdsLane, let lane = job.lane else { return nil }
        return try await store.laneHolder(lane)
    }

    private static func json(_ event: JobEventRecord) -> JSONValue {
        var object: JSONObject = [
            "at": JobJSON.time(event.at), "event": .string(event.reason),
            "status": .string(event.state.status.rawValue),
            "phase": JobJSON.text(event.state.phase?.rawValue), "attempt": .int(event.attempt),
            "worker": JobJSON.text(event.worker),
        ]
        // The store checks that details are JSON; what is not is left out.
        if let detail = event.detail, let value = try? JSONValue(parsing: detail) {
            object["detail"] = value
        }
        return .object(object)
    }
}

/// One job on a page of text.
private enum JobPage {
    static func text(
        _ job: JobRecord, history page: EventPage, holder: JobRecord?, forgotten: [String],
        now: Timestamp, style: Style
    ) -> String {
        let facts = facts(job, holder: holder, forgotten: forgotten, now: now, style: style)
        let width = facts.map(\.0.count).max() ?? 0
        let lines = facts.map { name, value in
            style.faint(name + String(repeating: " ", count: width - name.count + 2)) + value
        }
        return (lines + [""] + history(page, style: style)).joined(separator: "\n")
    }

    private static func facts(
        _ job: JobRecord, holder: JobRecord?, forgotten: [String], now: Timestamp, style: Style
    ) -> [(String, String)] {
        var facts: [(String, String)] = [
            ("job", style.bold("\(job.id)")),
            ("state", style.status("\(job.state)", job.state.status)),
        ]
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { facts.append((name, value)) }
        }
        add("reason", JobText.reason(job, now: now))
        add("retry of", job.retryOf)
        add("waits for", holder.map { "\($0.id) (\($0.state))" })
        add("operation", job.operation.rawValue)
        add(
            "target",
            "\(job.target.type.word) \(JobText.plain(job.target.name))"
                + (job.target.id.map { " (\($0))" } ?? ", not looked up yet"))
        if !job.arguments.isEmpty {
            add("arguments", JobText.arguments(job.arguments))
        }
        if !forgotten.isEmpty {
            add(
                "forgotten",
                "\(forgotten.joined(separator: ", ")): secret, deleted when the job ended")
        }
        add("komodo", job.instance)
        add("update", job.remote?.updateID)
        add("candidates", job.candidates.joined(separator: ", "))
        add("version", job.version.map(JobText.plain))
        add("commit", job.commitHash.map(JobText.plain))
        add("asked by", JobText.plain("\(job.caller.principal) with \(job.caller.clientName)"))
        add("key", job.idempotencyKey.map(JobText.plain))
        add("attempt", "\(job.attempt)")
        add("created", stamp(job.createdAt, now))
        add("started", job.startedAt.map { stamp($0, now) })
        add("finished", job.finishedAt.map { stamp($0, now) })
        add("took", JobText.duration(job, now: now).map(TimeText.short))
        add("ended late", job.lateOutcome)
        add("duplicate", job.duplicateUpdate)
        return facts
    }

    private static func stamp(_ moment: Timestamp, _ now: Timestamp) -> String {
        "\(moment.iso8601) (\(TimeText.ago(moment, now: now)))"
    }

    private static func history(_ page: EventPage, style: Style) -> [String] {
        var table = Table(["AT", "EVENT", "STATE", "ATTEMPT", "WORKER"], style: style)
        for event in page.events {
            table.rows.append([
                Table.Cell(event.at.iso8601), Table.Cell(event.reason),
                Table.Cell("\(event.state)") { style.status($0, event.state.status) },
                Table.Cell("\(event.attempt)"), Table.Cell(event.worker ?? "-"),
            ])
        }
        let lines = table.lines(width: Printer.width)
        guard page.earlier > 0 else { return lines }
        return [style.faint("\(page.earlier) earlier events are not shown.")] + lines
    }
}
