internal import ArgumentParser
private import JSON
private import JobStore
private import JobWorker
private import Jobs

/// `komodo-jobs prune`.
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove finished jobs, or their logs, that are old.",
        discussion: """
            Without an option, what is older than KOMODO_KEEP_JOBS and KOMODO_KEEP_LOGS, which the \
            daemon removes by itself. Jobs that are not finished stay, and so does the knowledge \
            which of Komodo's runs belonged to removed jobs: no other job may take one for its \
            own. Idempotency keys stay for 30 days more. It works in short steps, between which \
            others use the database, and may be stopped at any moment.
            """)

    @Option(help: "Jobs that ended longer ago go, with their history and their logs.")
    var olderThan: DurationArgument?

    @Option(help: "Logs of jobs that ended longer ago go; the jobs stay.")
    var logsOlderThan: DurationArgument?

    @Option(help: "So many of the newest jobs stay, whatever their age.")
    var keep: Int?

    @Flag(help: "Only tell what would be removed.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openExisting()
        let pruner = Pruner(store: store, rule: try rule(session, at: store.clock.now()))
        if dryRun { return tell(try await pruner.count(), isDone: false) }
        if !yes {
            let counts = try await pruner.count()
            guard !counts.isEmpty else { return tell(counts, isDone: true) }
            try Confirmation.ask(
                "This removes \(Self.text(counts)).", verb: "remove", refusal: "Nothing removed.")
        }
        let removed = try await pruner.run()
        let hasShrunk = try await pruner.shrink()
        tell(removed, isDone: true)
        if !hasShrunk, removed.jobs + removed.logs > 0 {
            Terminal.writeError(
                "The file keeps its size, and its free room is used for what comes: it was made by "
                    + "an older version. 'komodo-mcp db vacuum' makes it smaller, once.")
        }
    }

    private func rule(_ session: Session, at now: Timestamp) throws -> PruneRule {
        if let keep, !(0...PruneRule.newestKeptMax).contains(keep) {
            throw CommandError(
                .usage, "--keep is \(keep); write 0 to \(PruneRule.newestKeptMax).")
        }
        guard olderThan != nil || logsOlderThan != nil || keep != nil else {
            guard let rule = session.retention.rule(at: now) else {
                throw CommandError(
                    .usage,
                    "Jobs and logs are kept for ever (KOMODO_KEEP_JOBS, KOMODO_KEEP_LOGS); name an "
                        + "age with --older-than or --logs-older-than.")
            }
            return rule
        }
        // Only with a number, age is no matter.
        let isByNumber = olderThan == nil && logsOlderThan == nil
        return PruneRule(
            jobsEndedBefore: isByNumber ? now : olderThan.map { now - $0.duration },
            logsEndedBefore: logsOlderThan.map { now - $0.duration }, newestKept: keep ?? 0)
    }

    private func tell(_ counts: PruneCounts, isDone: Bool) {
        Printer(output).print(
            [
                "schema": .int(JobJSON.schema), "dry_run": .bool(!isDone),
                "jobs": .int(counts.jobs), "events": .int(counts.events),
                "logs": .int(counts.logs), "log_bytes": .int(counts.logBytes),
                "keys": .int(counts.keys),
            ], id: "\(counts.jobs)",
            text: counts.isEmpty
                ? "Nothing is that old."
                : "\(isDone ? "Removed" : "Would remove") \(Self.text(counts)).")
    }

    private static func text(_ counts: PruneCounts) -> String {
        "\(counts.jobs) jobs with \(counts.events) events, and \(counts.logs) logs of "
            + ByteText.short(counts.logBytes)
    }
}
