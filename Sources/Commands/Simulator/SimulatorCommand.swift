internal import ArgumentParser
private import Bootstrap
private import FoundationEssentials
private import JSON
private import KomodoSimulator
private import Logging
private import ServiceLifecycle
private import UnixSignals

/// `komodo-mcp simulator`.
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulator",
        abstract: "Run a simulated Komodo for trials and tests.",
        discussion: """
            Prints one line of JSON with its address and credentials, then serves until stopped. \
            Its world has deployments such as web, api, my-app, and broken, which always fails.
            """)

    @Option(help: "The port; 0 lets the system choose.")
    var port = 0

    @Option(help: "Multiplies how long operations take; 0.1 is ten times as fast.")
    var timeScale = 1.0

    @Option(help: "The version of Komodo to play: 1.19.5, 2.0.1 or 2.3.2.")
    var komodoVersion = "2.3.2"

    @Option(help: "The interface to play: core, signed or both.")
    var api = "core"

    @Option(help: "Answers of the signed interface: bare, envelope, camel or module.")
    var signedStyle = "bare"

    @Option(help: "Requests of the signed interface answered in any minute.")
    var signedRateLimit: Int?

    @Option(help: "A JSON file with faults to play.")
    var faults: String?

    @Option(help: "Additional deployments named app-0001 and so on.")
    var extraDeployments = 0

    @Flag(help: "Put marked secrets into answers wherever Komodo shows some, for tests.")
    var canaries = false

    @Option(help: "Makes durations and chance repeatable.")
    var seed: UInt64 = 1

    func run() async throws {
        let simulator = KomodoSimulator(options: try options(), logger: logger())
        let service = ServiceGroupConfiguration.ServiceConfiguration(
            service: simulator, successTerminationBehavior: .gracefullyShutdownGroup)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [service], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger()))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            Terminal.writeAsIs(try await simulator.ready().json.serialized())
            try await tasks.waitForAll()
        }
    }

    private func options() throws -> SimulatorOptions {
        guard (0...65_535).contains(port) else {
            throw CommandError(.usage, "--port is \(port); write 0 to 65535.")
        }
        guard timeScale > 0, timeScale <= 100 else {
            throw CommandError(
                .usage, "--time-scale is \(timeScale); write more than 0, up to 100.")
        }
        guard (0...SimulatorOptions.extraDeploymentsMax).contains(extraDeployments) else {
            throw CommandError(
                .usage,
                "--extra-deployments is \(extraDeployments); write 0 to "
                    + "\(SimulatorOptions.extraDeploymentsMax).")
        }
        var options = try faults.map(Self.read) ?? SimulatorOptions()
        options.port = port
        options.timeScale = timeScale
        options.version = komodoVersion
        options.extraDeployments = extraDeployments
        options.seed = seed
        options.hasCanaries = canaries
        guard let api = SimulatedAPI(rawValue: api) else {
            throw CommandError(.usage, "--api is \(api); write core, signed or both.")
        }
        options.api = api
        options.signedStyle = try style()
        guard signedRateLimit.map({ $0 > 0 }) ?? true else {
            throw CommandError(.usage, "--signed-rate-limit must be at least 1.")
        }
        options.signedRequestsPerMinute = signedRateLimit
        return options
    }

    private func style() throws -> SignedStyle {
        switch signedStyle {
        case "bare": SignedStyle()
        case "envelope":
            SignedStyle(isEnveloped: true, isCamelCase: false, isModuleShaped: false)
        case "camel": SignedStyle(isEnveloped: true, isCamelCase: true, isModuleShaped: false)
        case "module": SignedStyle(isEnveloped: false, isCamelCase: false, isModuleShaped: true)
        default:
            throw CommandError(
                .usage,
                "--signed-style is \(signedStyle); write bare, envelope, camel or module.")
        }
    }

    private static func read(_ path: String) throws -> SimulatorOptions {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandError(.usage, "The file of faults \(path) cannot be read.")
        }
        return try SimulatorOptions(parsingFaultFile: text)
    }

    private func logger() -> Logger {
        var logger = Logger(label: "simulator") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }
}
