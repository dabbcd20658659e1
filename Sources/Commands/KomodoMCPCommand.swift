internal import ArgumentParser

/// `komodo-mcp`.
struct KomodoMCPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "komodo-mcp",
        abstract: "Runs Komodo operations as durable jobs.",
        discussion: """
            Every operation is a job in a local database: submitted to Komodo effectively once, \
            followed to its end, and kept with its logs.

            EXIT CODES
            \(ExitStatus.helpText)
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, WorkerCommand.self, JobsCommand.self, TokensCommand.self,
            DatabaseCommand.self, DemoCommand.self, BenchCommand.self,
            SimulatorCommand.self, OnDemandCommand.self, DemoWorkerCommand.self,
            BenchPartCommand.self, BenchWorkerCommand.self,
        ], defaultSubcommand: ServeCommand.self)
}

/// `komodo-jobs`.
struct KomodoJobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "komodo-jobs",
        abstract: "Runs, shows and steers jobs.",
        discussion: """
            The same commands as 'komodo-mcp jobs'. Jobs are named by their id, by its beginning, \
            or by at least 6 characters of its ending.

            EXIT CODES
            \(ExitStatus.helpText)
            """,
        version: Version.current,
        subcommands: JobsCommand.subcommands + [OnDemandCommand.self])
}

/// `komodo-mcp jobs`.
struct JobsCommand: AsyncParsableCommand {
    static let subcommands: [any ParsableCommand.Type] = [
        RunCommand.self, ListCommand.self, ShowCommand.self, LogsCommand.self, SearchCommand.self,
        WatchCommand.self,
        WaitCommand.self, CancelCommand.self, RetryCommand.self, ResolveCommand.self,
        BudgetCommand.self, StatsCommand.self, WorkersCommand.self, PruneCommand.self,
    ]

    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Run, show and steer jobs.", subcommands: subcommands)
}

extension ExitStatus {
    static var helpText: String {
        allCases.map { "  \($0.rawValue)\($0.rawValue < 10 ? " " : "")  \($0.summary)" }
            .joined(separator: "\n")
    }
}
