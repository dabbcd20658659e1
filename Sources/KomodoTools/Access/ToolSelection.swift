internal import MCP

/// Which tools a server offers at all, before anybody's scopes are looked at.
package struct ToolSelection: Sendable, Hashable {
    /// A group of tools, named like the second part of their names.
    package enum Toolset: String, Sendable, Hashable, CaseIterable {
        case execute, jobs
    }

    /// Only tools that change nothing.
    package var isReadOnly: Bool
    /// Only these groups; nil for all.
    package var toolsets: Set<Toolset>?
    /// Only these tools; nil for all.
    package var tools: Set<String>?
    /// Not these tools, whatever else is said.
    package var excluded: Set<String>

    package init(
        isReadOnly: Bool = false, toolsets: Set<Toolset>? = nil, tools: Set<String>? = nil,
        excluded: Set<String> = []
    ) {
        self.isReadOnly = isReadOnly
        self.toolsets = toolsets
        self.tools = tools
        self.excluded = excluded
    }

    /// Every tool.
    package static let all = ToolSelection()

    /// The names of all tools, in the order of lists.
    package static let names: [String] = KomodoToolProvider.catalogue.map(\.name)

    /// Whether `tool` is offered.
    func includes(_ tool: ToolEntry) -> Bool {
        if isReadOnly, tool.tool.annotations?.readOnly != true { return false }
        if let toolsets, !toolsets.contains(tool.toolset) { return false }
        if let tools, !tools.contains(tool.name) { return false }
        return !excluded.contains(tool.name)
    }
}
