internal import ArgumentParser
private import Bootstrap
private import JobStore
internal import KomodoTools

/// `komodo-mcp serve`, also without a word: the server for MCP clients.
struct ServeCommand: AsyncParsableCommand {
    /// How clients reach the server.
    enum Transport: String, ExpressibleByArgument, CaseIterable {
        case stdio, http
    }

    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve MCP clients, on standard input and output or over HTTP.",
        discussion: """
            Clients start it themselves on stdio. Jobs outlive it: a worker goes on with them when \
            the client closes the connection or kills the server.

            Over HTTP it listens on this machine alone, unless there are tokens; make them with \
            'komodo-mcp tokens add'. To clients elsewhere add --allow-host with the name or \
            address they use. The server's address is printed as one line of JSON.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var komodo: KomodoOptions

    @Option(help: "stdio or http.")
    var transport: Transport = .stdio

    @OptionGroup var http: HTTPOptions

    @Flag(help: "Offer only tools that change nothing.")
    var readOnly = false

    @Option(help: "Offer only these groups of tools, separated by commas: execute, jobs.")
    var toolsets: String?

    @Option(help: "Offer only these tools, separated by commas.")
    var tools: String?

    @Option(help: "Do not offer these tools, separated by commas.")
    var excludeTools: String?

    @Argument(help: .hidden) var unexpected: [String] = []

    func validate() throws {
        guard let word = unexpected.first else { return }
        // Without a word of a command, everything comes here.
        guard CommandLine.arguments.dropFirst().first == word else {
            throw ValidationError("Unexpected argument '\(word)'")
        }
        let names = KomodoMCPCommand.configuration.subcommands.map { $0.configuration }
            .filter { $0.shouldDisplay }.compactMap { $0.commandName }
        throw CommandError(
            .usage,
            "There is no command '\(word)'; there are \(names.joined(separator: ", ")).")
    }

    func run() async throws {
        if transport != .http, let option = http.given {
            throw CommandError(
                .usage, "\(option) is for HTTP; add '--transport http', or leave it out.")
        }
        let session = try Session(common.arguments, komodo.arguments)
        let store = try session.openOrCreate()
        let runtime = ServeRuntime(session: session, store: store, selection: try selection())
        switch transport {
        case .stdio:
            if Terminal.isInputInteractive {
                Terminal.writeError(
                    "Waiting for an MCP client on standard input. "
                        + "'komodo-mcp --help' shows the commands.")
            }
            try await runtime.serveStdio()
        case .http:
            try await runtime.serveHTTP(http)
        }
    }

    private func selection() throws -> ToolSelection {
        var selection = ToolSelection(isReadOnly: readOnly)
        if let toolsets {
            selection.toolsets = Set(
                try Self.words(toolsets, "--toolsets").map { word in
                    guard let toolset = ToolSelection.Toolset(rawValue: word) else {
                        let known = ToolSelection.Toolset.allCases.map(\.rawValue)
                        throw CommandError(
                            .usage,
                            "There is no group of tools '\(word)'; there are "
                                + "\(known.joined(separator: ", ")).")
                    }
                    return toolset
                })
        }
        if let tools { selection.tools = Set(try Self.known(tools, "--tools")) }
        if let excludeTools {
            selection.excluded = Set(try Self.known(excludeTools, "--exclude-tools"))
        }
        return selection
    }

    private static func words(_ list: String, _ option: String) throws -> [String] {
        let words = list.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        guard !words.isEmpty else {
            throw CommandError(.usage, "\(option) names nothing; leave it out to offer everything.")
        }
        return words
    }

    private static func known(_ list: String, _ option: String) throws -> [String] {
        let words = try words(list, option)
        for word in words where !ToolSelection.names.contains(word) {
            throw CommandError(
                .usage,
                "There is no tool '\(word)'; there are "
                    + "\(ToolSelection.names.joined(separator: ", ")).")
        }
        return words
    }
}
