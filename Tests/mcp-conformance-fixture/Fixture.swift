private import JSON
internal import Logging
internal import MCP
private import MCPHTTP

/// The server: its parts, put together.
struct Fixture: Sendable {
    /// The tasks; their work is done by ``TaskBoard/run()``.
    let tasks: TaskBoard
    private let definition: ServerDefinition

    /// On whose behalf everybody calls.
    private static let principal = Principal(name: "conformance")

    init(clock: ProtocolClock = .system, logger: Logger) {
        let board = TaskBoard(clock: clock)
        let prompts = FixturePrompts()
        let resources = FixtureResources()
        let changes = ListChanges()
        let box = ToolBox(
            ContentTools.all + RunningTools.all(clock) + SchemaTools.all + AskingTools.all
                + RoundTools.all + ChangingTools.all(changes, prompts)
                + TaskTools.all(board, clock),
            changes: changes)
        tasks = board
        definition = ServerDefinition(
            info: ServerInfo(
                name: "mcp-conformance-fixture", version: "1.0.0",
                title: "Conformance fixture"),
            instructions: "Every tool exists to be checked; none does anything useful.",
            tools: box, resources: resources, prompts: prompts,
            completion: FixtureCompletion(), tasks: board, seals: MemorySeals(clock: clock),
            offersLogging: true, acceptsUnaskedAnswers: true, limits: Self.limits, clock: clock,
            logger: logger)
    }

    /// Checks look at every single notification.
    private static var limits: ProtocolLimits {
        var limits = ProtocolLimits()
        limits.progressInterval = .zero
        limits.updateInterval = .milliseconds(50)
        return limits
    }

    /// Serves one session over standard input and output, until the input ends.
    func serveStandardStreams() async throws {
        let session = Session(
            definition: definition, principal: Self.principal, kind: .connection)
        try await StdioTransport(session: session).run()
    }

    /// Serves on a port of 127.0.0.1 and prints where.
    func serveHTTP(port: Int) async throws {
        let server = try MCPHTTPServer(
            definition: definition,
            configuration: HTTPConfiguration(
                port: port, localPrincipal: Self.principal, sharesTaskLists: true),
            logger: definition.logger,
            onServing: { address in
                let line: JSONValue = ["url": .string(address.url)]
                StandardOutput.writeLine(line.serialized())
            })
        try await server.run()
    }
}
