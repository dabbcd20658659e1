internal import JSON
internal import Jobs
internal import MCP

/// The tools that show and steer jobs.
enum JobTools {
    static let entries: [ToolEntry] = [
        list, get, wait, logs, search, cancel, retry, resolve, budget, stats,
    ]

    /// A tool of this module.
    static func entry(
        _ name: String, _ title: String, _ description: String, _ arguments: [Property],
        output: JSONValue, _ annotations: ToolAnnotations, scope: Scope,
        run: @escaping @Sendable (ToolCall, ToolContext) async throws -> CallResult
    ) -> ToolEntry {
        let tool = Tool(
            name: name, title: title, description: description,
            inputSchema: Schema.object(arguments), outputSchema: output, annotations: annotations)
        return ToolEntry(tool: tool, toolset: .jobs, scope: scope) {
            .result(try await run($0, $1))
        }
    }
}
