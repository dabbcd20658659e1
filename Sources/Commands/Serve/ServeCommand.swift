internal import ArgumentParser
private import Bootstrap
private import JobStore

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

    @OptionGroup var offer: ToolOptions

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
        let selection = try offer.selection()
        let session = try Session(common.arguments, komodo.arguments)
        let store = try session.openOrCreate()
        let runtime = ServeRuntime(session: session, store: store, selection: selection)
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
}
