internal import ArgumentParser
internal import JSON
internal import JobStore
internal import Jobs

/// `komodo-jobs logs`.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show what Komodo logged for a job.",
        discussion: """
            Secrets are masked and markup is removed before logs are stored. Most operations get \
            their log when they end; -f prints it as it comes. In jsonl, -f prints a stage anew \
            whenever it has changed. What was masked before a log was stored is nowhere any more, \
            so --reveal can show no more of it.
            """)

    @Argument(help: jobHelp)
    var job: String

    @Option(help: "Only this attempt.")
    var attempt: Int?

    @Option(help: "Only stages whose name contains this.")
    var stage: String?

    @Option(help: "Only the last lines.")
    var tail: Int?

    @Flag(help: "Only stages that failed.")
    var failed = false

    @Flag(name: .shortAndLong, help: "Follow until the job has ended.")
    var follow = false

    // "-f" follows here, as it does in every program that shows logs.
    @Option(help: "table, json or jsonl.")
    var format: OutputOptions.Format = .table

    @OptionGroup var revelation: RevealOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        if let tail, tail < 1 { throw CommandError(.usage, "--tail is \(tail); write 1 or more.") }
        guard !follow || (tail == nil && format != .json) else {
            throw CommandError(
                .usage,
                tail == nil
                    ? "-f prints as the log grows, so its format is table or jsonl, not json."
                    : "--tail and -f exclude each other: -f prints everything.")
        }
        let session = try Session(common.arguments)
        let store = try session.openExisting()
        try revelation.apply(to: store.path)
        if revelation.reveal {
            Terminal.writeError(
                "Secrets were masked before the log was stored; there is nothing more to reveal.")
        }
        let job = try await store.job(job)
        let filter = LogFilter(attempt: attempt, stage: stage, failed: failed)
        let printer = Printer(format: format)
        if follow {
            try await OnDemandWorker.ensureForUnfinished(session, store)
            return try await follow(job, store, filter, printer)
        }
        let logs = try await store.logs(of: job.row).filter(filter.accepts)
        guard !logs.isEmpty else { return printNothing(job, printer) }
        printer.print(
            list: logs.map(LogText.json), ids: [],
            text: LogText.text(logs, tail: tail, style: printer.style))
    }

    private func printNothing(_ job: JobRecord, _ printer: Printer) {
        guard printer.isForPeople else { return printer.print(list: [], ids: [], text: "") }
        Terminal.writeError(
            job.state.isTerminal
                ? "\(job.id) has no log that matches; it is \(job.state)."
                : "\(job.id) has no log yet; it is \(job.state). Add -f to follow it.")
    }

    private func follow(
        _ job: JobRecord, _ store: SQLiteJobStore, _ filter: LogFilter, _ printer: Printer
    ) async throws {
        let feed = LogFeed(store: store, job: job, filter: filter, printer: printer)
        let end = try await JobWaiter(store).wait(atMost: nil) { try await feed.look() }
        guard let end, end.exitStatus != .success else { return }
        Terminal.writeError(
            RunText.ended(
                end, timedOut: !end.state.isTerminal, style: Style(usesColour: false)))
        throw ExitCode(end.exitStatus.rawValue)
    }
}

/// Which stages are shown.
struct LogFilter: Sendable {
    let attempt: Int?
    let stage: String?
    let failed: Bool

    func accepts(_ log: LogEntry) -> Bool {
        if let attempt, log.attempt != attempt { return false }
        if let stage, !log.stage.lowercased().contains(stage.lowercased()) { return false }
        return !failed || !log.success
    }
}
