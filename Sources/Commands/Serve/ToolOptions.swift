internal import ArgumentParser
private import Jobs
internal import KomodoTools

/// Which tools are offered, by a server or to the holder of a token.
struct ToolOptions: ParsableArguments {
    @Flag(help: "Offer only tools that change nothing.")
    var readOnly = false

    @Flag(help: "Offer no tool that stops or deletes something.")
    var noDestroy = false

    @Option(
        help: """
            Offer these groups of tools, separated by commas: default, all, or \
            \(ToolSelection.Toolset.allCases.map(\.rawValue).joined(separator: ", ")); default is \
            read, execute and jobs.
            """)
    var toolsets: String?

    @Option(help: "Offer only these tools, separated by commas.")
    var tools: String?

    @Option(help: "Do not offer these tools, separated by commas, whatever else is said.")
    var excludeTools: String?

    /// What the options come to.
    ///
    /// - Throws: ``CommandError`` for a name that does not exist, with the nearest ones.
    func selection() throws -> ToolSelection {
        var selection = ToolSelection(
            isReadOnly: readOnly, isWithoutDestruction: noDestroy)
        if let toolsets { selection.toolsets = try Self.toolsets(toolsets) }
        if let tools { selection.tools = Set(try Self.known(tools, "--tools")) }
        if let excludeTools {
            selection.excluded = Set(try Self.known(excludeTools, "--exclude-tools"))
        }
        return selection
    }

    private static func toolsets(_ list: String) throws -> Set<ToolSelection.Toolset> {
        var chosen: Set<ToolSelection.Toolset> = []
        for word in try words(list, "--toolsets") {
            switch word {
            case "default": chosen.formUnion(ToolSelection.Toolset.standard)
            case "all": chosen.formUnion(ToolSelection.Toolset.allCases)
            default:
                guard let toolset = ToolSelection.Toolset(rawValue: word) else {
                    let known =
                        ["default", "all"] + ToolSelection.Toolset.allCases.map(\.rawValue)
                    throw CommandError(
                        .usage,
                        "There is no group of tools '\(word)'.\(question(word, known)) There are "
                            + "\(known.joined(separator: ", ")).")
                }
                chosen.insert(toolset)
            }
        }
        return chosen
    }

    private static func words(_ list: String, _ option: String) throws -> [String] {
        let words = list.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        guard !words.isEmpty else {
            throw CommandError(
                .usage, "\(option) names nothing; leave it out if nothing is to be chosen.")
        }
        return words
    }

    private static func known(_ list: String, _ option: String) throws -> [String] {
        let words = try words(list, option)
        for word in words where !ToolSelection.names.contains(word) {
            throw CommandError(
                .usage,
                "There is no tool '\(word)'.\(question(word, ToolSelection.names)) "
                    + "'komodo-mcp serve --help' shows the groups; a tool's name is "
                    + "komodo_, its module, _ and what it does, as komodo_jobs_List.")
        }
        return words
    }

    private static func question(_ word: String, _ known: [String]) -> String {
        NearestNames.question(NearestNames.nearest(to: word, among: known))
    }
}
