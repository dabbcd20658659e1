internal import ArgumentParser
private import JSON
private import JobStore

/// `komodo-mcp db`.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Look after the job database.",
        subcommands: [
            MigrateCommand.self, StatusCommand.self, CheckCommand.self, VacuumCommand.self,
        ])
}

/// `komodo-mcp db migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Make the database, or bring its schema up to date.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openOrCreate()
        let report = try await store.report(isThorough: false)
        Printer(output).print(
            [
                "schema": .int(JobJSON.schema), "path": .string(report.path),
                "database_schema": .string(report.schema),
            ], id: report.path, text: "\(report.path) is at \(report.schema).")
    }
}

/// `komodo-mcp db status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the database's schema, sizes and counts.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let report = try await session.openExisting().report(isThorough: false)
        Printer(output).print(
            [
                "schema": .int(JobJSON.schema), "path": .string(report.path),
                "database_schema": .string(report.schema),
                "sqlite_version": .string(report.sqliteVersion), "jobs": .int(report.jobs),
                "unfinished": .int(report.unfinished), "file_bytes": .int(report.fileBytes),
                "wal_bytes": .int(report.walBytes),
            ], id: report.path,
            text: """
                path        \(report.path)
                schema      \(report.schema)
                SQLite      \(report.sqliteVersion)
                jobs        \(report.jobs), \(report.unfinished) unfinished
                size        \(ByteText.short(report.fileBytes)), log \
                \(ByteText.short(report.walBytes))
                """)
    }
}

/// `komodo-mcp db check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read the whole database and report what is wrong with it.",
        discussion: "Checks SQLite's own structures, and that every job agrees with its history.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let report = try await session.openExisting().report(isThorough: true)
        Printer(output).print(
            [
                "schema": .int(JobJSON.schema), "path": .string(report.path),
                "jobs": .int(report.jobs),
                "problems": .array(report.problems.map { .string($0) }),
            ], id: report.path,
            text: report.problems.isEmpty
                ? "\(report.path) is sound: \(report.jobs) jobs."
                : report.problems.joined(separator: "\n"))
        if !report.problems.isEmpty { throw ExitCode(ExitStatus.failure.rawValue) }
    }
}
