internal import ArgumentParser
private import JobStore
private import Jobs

/// `komodo-jobs wait`.
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until jobs have ended.",
        discussion: """
            The exit code is that of the first job, in the given order, that did not succeed. One \
            job is printed as itself, several as a list.
            """)

    @Argument(help: jobsHelp)
    var jobs: [String]

    @Option(help: "Wait at most so long; the jobs go on.")
    var timeout: DurationArgument?

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var komodo: KomodoOptions

    func run() async throws {
        let session = try Session(common.arguments, komodo.arguments)
        let store = try session.openExisting()
        let found = try await store.all(jobs)
        try await OnDemandWorker.ensureForUnfinished(session, store)
        let printer = Printer(output)
        let end = timeout.map { ContinuousClock.now + $0.duration }
        var jobs: [JobRecord] = []
        for job in found {
            let rest = end.map { max($0 - ContinuousClock.now, .zero) }
            _ = try await JobWaiter(store).end(of: job, atMost: rest)
            let current = try await store.job(row: job.row) ?? job
            jobs.append(current)
            if printer.isForPeople {
                Terminal.write(
                    RunText.ended(
                        current, timedOut: !current.state.isTerminal, style: printer.style))
            }
        }
        if !printer.isForPeople { printer.print(jobs) { _ in "" } }
        let worst = jobs.map(\.exitStatus).first { $0 != .success }
        if let worst { throw ExitCode(worst.rawValue) }
    }
}
