internal import JSON
internal import MCP

/// The tools by name.
struct ToolBox: ToolProvider {
    private let tools: [FixtureTool]
    private let byName: [String: FixtureTool]
    private let changes: ListChanges

    init(_ tools: [FixtureTool], changes: ListChanges) {
        self.tools = tools
        self.changes = changes
        byName = Dictionary(tools.map { ($0.tool.name, $0) }) { first, _ in first }
    }

    func tools(for principal: Principal) async throws -> Listing<Tool> {
        Listing(
            tools.map(\.tool), cache: CacheHint(timeToLive: .seconds(60), scope: .public))
    }

    func tool(_ name: String, for principal: Principal) async throws -> Tool? {
        byName[name]?.tool
    }

    func call(
        _ name: String, arguments: JSONObject, context: CallContext
    ) async throws -> CallOutcome {
        guard let tool = byName[name] else {
            throw RPCError.invalidParams("unknown tool \"\(name)\"")
        }
        return try await tool.body(arguments, context)
    }

    func listChanges() -> AsyncStream<Void>? { changes.changes() }
}
