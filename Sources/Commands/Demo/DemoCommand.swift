internal import ArgumentParser
private import Bootstrap
private import Glibc
private import UnixSignals

/// `komodo-mcp demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show everything at work against a simulated Komodo.",
        discussion: """
            Needs no Komodo and no settings, takes about 20 seconds and leaves its database behind. \
            It runs a dozen jobs over HTTP while answers get lost, a target is busy, an operation \
            fails, one is cancelled, and the worker is killed. It exits with 0 only if every job \
            ended as it should and Komodo was asked exactly as often as needed.
            """)

    @Option(help: "Where the database is made; a new temporary directory if not given.")
    var db: String?

    /// A machine that needs longer is too busy for a demonstration.
    private static let timeMax: Duration = .seconds(120)

    func run() async throws {
        let place = try DemoPlace(db)
        let signals = await UnixSignalsSequence(trapping: [.sigint, .sigterm, .sighup])
        let isGood = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { try await Demo(place: place).play() }
            group.addTask {
                for await _ in signals { throw CommandError(.failure, "Interrupted.") }
                throw CancellationError()
            }
            group.addTask {
                try await Task.sleep(for: Self.timeMax)
                throw CommandError(
                    .failure,
                    "The demo did not finish in \(TimeText.short(Self.timeMax)). Its database is "
                        + "\(place.database), the logs of its workers are in \(place.logs).")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        if !isGood { throw ExitCode(ExitStatus.failure.rawValue) }
    }
}

/// Where the demo leaves its things.
struct DemoPlace: Sendable {
    /// The database.
    let database: String
    /// The folder that was made for the demo; nil when the caller chose the place.
    let ownFolder: String?

    /// The folder of the workers' logs.
    var logs: String { database + ".d" }

    /// The place that the caller chose, or a new folder.
    ///
    /// - Throws: ``CommandError`` when there is a database already, or no folder can be made.
    init(_ path: String?) throws {
        guard let path else {
            let parent = ProcessEnvironment.variables()["TMPDIR"] ?? ""
            let folder = try OwnFolder.make(
                "komodo-demo", in: parent.hasPrefix("/") ? parent : "/tmp", option: "--db")
            ownFolder = folder
            database = folder + "/jobs.db"
            return
        }
        database = path.hasPrefix("/") ? path : ProcessEnvironment.currentDirectory() + "/" + path
        ownFolder = nil
        guard access(database, F_OK) != 0 else {
            throw CommandError(
                .failure, "\(database) exists already, and the demo makes a database of its own.")
        }
    }
}
