internal import ArgumentParser
private import Logging
private import MCP
private import MCPHTTP

/// A server with the tools, prompts, resources and tasks that conformance checks expect.
@main
struct ConformanceFixture: AsyncParsableCommand {
    /// How the server is reached.
    enum Transport: String, ExpressibleByArgument, CaseIterable {
        case stdio, http
    }

    static let configuration = CommandConfiguration(
        commandName: "mcp-conformance-fixture",
        abstract: "Serve what conformance checks of the Model Context Protocol expect.",
        discussion: """
            With http, prints one line of JSON with its URL, then serves until it is killed. With \
            stdio, serves standard input and output until the input ends. Everything is kept in \
            memory.
            """)

    @Option(help: "stdio or http.")
    var transport = Transport.stdio

    @Option(help: "The port on 127.0.0.1; 0 lets the system choose.")
    var port = 0

    @Option(help: "The least severe messages that are logged to standard error.")
    var logLevel = "warning"

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port is \(port); write 0 to 65535.")
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError(
                "--log-level is \(logLevel); write trace, debug, info, notice, warning, error or "
                    + "critical.")
        }
    }

    func run() async throws {
        let fixture = Fixture(logger: logger())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await fixture.tasks.run() }
            switch transport {
            case .stdio: try await fixture.serveStandardStreams()
            case .http: try await fixture.serveHTTP(port: port)
            }
            group.cancelAll()
        }
    }

    private func logger() -> Logger {
        var logger = Logger(label: "mcp-conformance-fixture") {
            StreamLogHandler.standardError(label: $0)
        }
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .warning
        return logger
    }
}
