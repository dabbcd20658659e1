internal import JSON
internal import MCP

/// A tool of the catalogue: what is listed, and what runs.
struct ToolEntry: Sendable {
    let tool: Tool
    let toolset: ToolSelection.Toolset
    /// What the caller must be allowed to do.
    let scope: Scope
    /// What every result conforms to, where the tool's own schema names the usual members only.
    var wholeOutput: JSONValue?
    /// Answers a call; throws ``ToolFailure``, or an error that ``ToolFailure`` can be made from.
    let run: @Sendable (ToolCall, ToolContext) async throws -> CallOutcome

    var name: String { tool.name }
}

extension ToolAnnotations {
    /// The hints of a tool that only reads this program's own database.
    static let reading = ToolAnnotations(
        readOnly: true, destructive: false, idempotent: true, openWorld: false)

    /// The hints of a tool that asks Komodo and changes nothing.
    static let lookingUp = ToolAnnotations(
        readOnly: true, destructive: false, idempotent: true, openWorld: true)

    /// The hints of a tool that makes Komodo do something.
    static func acting(destructive: Bool, idempotent: Bool = false) -> ToolAnnotations {
        ToolAnnotations(
            readOnly: false, destructive: destructive, idempotent: idempotent, openWorld: true)
    }
}
