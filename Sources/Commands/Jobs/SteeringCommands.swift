internal import ArgumentParser
private import Bootstrap
private import JSON
internal import JobStore
private import Jobs

/// `komodo-jobs cancel`.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel jobs.",
        discussion: """
            A job that was not sent ends at once. Of running operations Komodo can cancel builds, \
            repo builds, procedures and actions; all others are followed to their end. One job is \
            printed as itself, several as a list.
            """)

    @Argument(help: jobsHelp)
    var jobs: [String]

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var komodo: KomodoOptions

    func run() async throws {
        let session = try Session(common.arguments, komodo.arguments)
        let store = try session.openExisting()
        let found = try await store.all(jobs)
        var outcomes: [(job: JobRecord, text: String)] = []
        for job in found {
            outcomes.append(Self.describe(try await store.cancel(job.row), job))
        }
        Printer(output).print(outcomes.map(\.job)) { outcomes[$0].text }
        try await OnDemandWorker.ensureForUnfinished(session, store)
    }

    private static func describe(_ advance: Advance, _ job: JobRecord) -> (JobRecord, String) {
        switch advance {
        case .applied(let current): (current, "\(current.id)  \(current.state)")
        case .noted(let current), .ignored(let current):
            (
                current,
                current.state.isTerminal
                    ? "\(current.id) had already ended: \(current.state)."
                    : current.operation.spec.cancelledBy == nil
                        && current.state.status == .running
                        ? "\(current.id)  \(current.state). Komodo cannot cancel a running "
                            + "\(current.operation.rawValue); it is followed to its end."
                        : "\(current.id)  \(current.state), cancellation asked for."
            )
        case .leaseLost: (job, "\(job.id)  \(job.state)")
        }
    }
}

/// `komodo-jobs retry`.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Run a finished job again, as a new job.")

    @Argument(help: jobHelp)
    var job: String

    @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
    var yes = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var komodo: KomodoOptions

    func run() async throws {
        let session = try Session(common.arguments, komodo.arguments)
        let store = try session.openExisting()
        let old = try await store.job(job)
        try Confirmation.ask(old.operation, old.target.name, isGiven: yes)
        let new = try await store.retry(old.row, by: session.caller())
        Printer(output).print(new, text: RunText.stored(new, note: "Repeats \(old.id)."))
        try await OnDemandWorker.ensureForUnfinished(session, store)
    }
}

/// `komodo-jobs resolve`.
struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Settle a job whose outcome is unknown.",
        discussion: """
            Look into Komodo first: if the operation ran, adopt its update; if it did not, retry \
            it; if neither matters any more, count it as failed.
            """)

    @Argument(help: jobHelp)
    var job: String

    @Option(help: ArgumentHelp("This update is the job; follow it.", valueName: "update-id"))
    var adopt: String?

    @Flag(help: "It did not run; run it again.")
    var retry = false

    @Flag(help: "Leave it failed.")
    var fail = false

    @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
    var yes = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var komodo: KomodoOptions

    func run() async throws {
        let resolution = try resolution()
        let session = try Session(common.arguments, komodo.arguments)
        let store = try session.openExisting()
        let old = try await store.job(job)
        if retry { try Confirmation.ask(old.operation, old.target.name, isGiven: yes) }
        let new = try await store.resolve(old.row, resolution, by: session.caller())
        let note = new.row == old.row ? "Settled." : "Settles \(old.id)."
        Printer(output).print(new, text: RunText.stored(new, note: note))
        try await OnDemandWorker.ensureForUnfinished(session, store)
    }

    private func resolution() throws -> Resolution {
        let chosen = [adopt != nil, retry, fail].filter(\.self).count
        guard chosen == 1 else {
            throw CommandError(.usage, "Give one of --adopt UPDATE, --retry and --fail.")
        }
        if let adopt {
            guard adopt.count == 24, adopt.allSatisfy(\.isHexDigit) else {
                throw CommandError(
                    .usage, "'\(adopt)' is no update id; they have 24 hexadecimal digits.")
            }
            return .adopt(adopt.lowercased())
        }
        return retry ? .retry : .fail
    }
}

extension SQLiteJobStore {
    /// The jobs that references name; all of them must be found before anything happens.
    func all(_ references: [String]) async throws -> [JobRecord] {
        var jobs: [JobRecord] = []
        for reference in references { jobs.append(try await job(reference)) }
        return jobs
    }
}
