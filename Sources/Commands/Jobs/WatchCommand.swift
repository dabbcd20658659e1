internal import ArgumentParser
private import Bootstrap
private import JobStore
private import Jobs

/// `komodo-jobs watch`.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch jobs until they have ended.",
        discussion: """
            Without jobs, everything unfinished. On a terminal a live table, else a line for every \
            change; with -f json one list at the end. The exit code is that of the first job that \
            did not succeed.
            """)

    @Argument(help: "\(jobsHelp) None for all that are unfinished.")
    var jobs: [String] = []

    @Option(help: "Watch at most so long; the jobs go on.")
    var timeout: DurationArgument?

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var komodo: KomodoOptions

    func run() async throws {
        let session = try Session(common.arguments, komodo.arguments)
        let store = try session.openExisting()
        let found =
            jobs.isEmpty
            ? try await store.jobs(
                JobQuery(
                    statuses: [.pending, .starting, .running], limit: LiveTable.jobsMax)
            ).jobs.reversed() : try await store.all(jobs)
        let printer = Printer(output)
        guard !found.isEmpty else { return printNothing(printer) }
        try await OnDemandWorker.ensureForUnfinished(session, store)
        let ended = try await JobWatch(store: store, jobs: found, printer: printer)
            .run(atMost: timeout?.duration)
        if printer.options.format == .json || printer.options.quiet {
            printer.print(
                list: ended.map { JobJSON.job($0) }, ids: ended.map { "\($0.id)" }, text: "")
        }
        let worst = ended.map(\.exitStatus).first { $0 != .success }
        if let worst { throw ExitCode(worst.rawValue) }
    }

    private func printNothing(_ printer: Printer) {
        guard printer.isForPeople else { return printer.print(list: [], ids: [], text: "") }
        Terminal.writeError("No unfinished jobs.")
    }
}
