internal import ArgumentParser
private import Bootstrap
private import JSON
private import JobStore
private import Jobs
private import KomodoTools
private import MCPHTTP

/// `komodo-mcp tokens`: who may use the server over HTTP.
struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Make, list and remove tokens of the server over HTTP.",
        discussion: """
            As soon as there is a token, running servers ask every client for one; what is added or \
            removed counts within a second or two. The database holds hashes only.
            """,
        subcommands: [AddTokenCommand.self, ListTokensCommand.self, RemoveTokenCommand.self])
}

/// `komodo-mcp tokens add`.
struct AddTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a token; it is printed once and stored nowhere.",
        discussion: """
            SCOPES, each of which includes those before it
              read     look at Komodo's resources and at own jobs
              operate  run operations that destroy nothing
              destroy  stop, restart and remove
              admin    see and steer the jobs of everybody

            A token can offer less than its server, never more of what the server denies. Where the \
            server names no groups and no tools, those of the token count.
            """)

    @Argument(help: "Whose token it is; jobs are stored under this name.")
    var name: String

    @Option(help: "What its holder may do: read, operate, destroy or admin.")
    var scope: String = "operate"

    @OptionGroup var offer: ToolOptions
    @OptionGroup var common: CommonOptions

    func run() async throws {
        guard let scope = Scope(rawValue: scope) else {
            throw CommandError(
                .usage,
                "There is no scope '\(scope)'; there are "
                    + "\(Scope.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard Self.isName(name) else {
            throw CommandError(
                .usage,
                "'\(name)' is no name for a token; write 1 to 64 letters, digits, dots, hyphens or "
                    + "underscores.")
        }
        let rights = TokenRights(scope, try offer.selection())
        let store = try Session(common.arguments).openOrCreate()
        let token = TokenRegistry.newToken()
        try await store.add(
            AccessToken(
                name: name, hash: TokenRegistry.hash(of: token), scopes: rights.words,
                createdAt: store.clock.now()))
        Terminal.writeAsIs(token)
        if Terminal.isInteractive {
            Terminal.writeError(
                "It is not shown again. Clients send it as 'Authorization: Bearer …'.")
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                let scalar = Character(Unicode.Scalar(byte))
                return byte < 128 && (scalar.isLetter || scalar.isNumber || "._-".contains(scalar))
            }
    }
}

/// `komodo-mcp tokens list`.
struct ListTokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let session = try Session(common.arguments)
        let store = try session.openIfPresent()
        let tokens = try await store?.accessTokens() ?? []
        let now = (store?.clock ?? .system).now()
        let printer = Printer(output)
        printer.print(
            list: tokens.map { token in
                [
                    "name": .string(token.name), "scopes": Self.json(Self.scopes(token)),
                    "limits": Self.json(Self.limits(token)),
                    "created_at": JobJSON.time(token.createdAt),
                ]
            },
            ids: tokens.map(\.name), text: Self.text(tokens, now, printer.style))
    }

    private static func json(_ words: [String]) -> JSONValue {
        .array(words.map { .string($0) })
    }

    private static func scopes(_ token: AccessToken) -> [String] {
        token.scopes.filter { Scope(rawValue: $0) != nil }
    }

    /// The words about tools, in a fixed order; as they are stored when this version cannot read
    /// them.
    private static func limits(_ token: AccessToken) -> [String] {
        TokenRights(words: token.scopes)?.limits
            ?? token.scopes.filter { Scope(rawValue: $0) == nil }
    }

    private static func text(_ tokens: [AccessToken], _ now: Timestamp, _ style: Style) -> String {
        guard !tokens.isEmpty else {
            return "No token; 'komodo-mcp tokens add NAME' makes one."
        }
        var table = Table(["NAME", "SCOPES", "LIMITS", "MADE"], style: style)
        for token in tokens {
            table.rows.append([
                Table.Cell(token.name), Table.Cell(scopes(token).joined(separator: ", ")),
                Table.Cell(limits(token).joined(separator: ", ")),
                Table.Cell(TimeText.ago(token.createdAt, now: now)),
            ])
        }
        return table.lines(width: Printer.width).joined(separator: "\n")
    }
}

/// `komodo-mcp tokens remove`.
struct RemoveTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a token; its sessions end, and the jobs of its holder stay.")

    @Argument(help: "The token's name.")
    var name: String

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let store = try Session(common.arguments).openIfPresent()
        guard try await store?.removeAccessToken(name) == true else {
            throw CommandError(
                .notFound, "There is no token '\(name)'; 'komodo-mcp tokens list' shows them.")
        }
    }
}

extension Session {
    /// Opens the database; nil when there is none yet, and so no token either.
    fileprivate func openIfPresent() throws -> SQLiteJobStore? {
        do {
            return try openExisting()
        } catch let error as StoreError where error.code == .missing {
            return nil
        }
    }
}
