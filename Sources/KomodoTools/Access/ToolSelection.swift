internal import MCP

/// Which tools are offered, by a server to everybody or to the holder of one token.
package struct ToolSelection: Sendable, Hashable {
    /// A group of tools.
    package enum Toolset: String, Sendable, Hashable, CaseIterable {
        /// The sixteen documented ways to look at Komodo.
        case read
        /// Logs, containers, load and Komodo's own record of what was done.
        case inspect
        /// The nine documented operations.
        case execute
        /// Look at jobs and steer them.
        case jobs
        /// Operations on whole stacks.
        case stacks
        /// Operations on deployments beyond ``execute``.
        case deployments
        /// Operations on single containers.
        case containers
        /// Operations on builds beyond ``execute``.
        case builds
        /// Stop procedures and actions.
        case procedures
        /// Resource syncs.
        case syncs

        /// What is offered when nobody chooses: more would only be in a model's way.
        package static let standard: Set<Toolset> = [.read, .execute, .jobs]

        /// Whether its tools answer with what Komodo says.
        var asksKomodo: Bool {
            switch self {
            case .read, .inspect: true
            case .execute, .jobs, .stacks, .deployments, .containers, .builds, .procedures, .syncs:
                false
            }
        }
    }

    /// Only tools that change nothing.
    package var isReadOnly: Bool
    /// No tool that is confirmed, because it stops or deletes something.
    package var isWithoutDestruction: Bool
    /// Only these groups; nil for no choice.
    package var toolsets: Set<Toolset>?
    /// Only these tools; nil for no choice.
    package var tools: Set<String>?
    /// Not these tools, whatever else is said.
    package var excluded: Set<String>

    package init(
        isReadOnly: Bool = false, isWithoutDestruction: Bool = false,
        toolsets: Set<Toolset>? = nil, tools: Set<String>? = nil, excluded: Set<String> = []
    ) {
        self.isReadOnly = isReadOnly
        self.isWithoutDestruction = isWithoutDestruction
        self.toolsets = toolsets
        self.tools = tools
        self.excluded = excluded
    }

    /// Every tool.
    package static let all = ToolSelection(toolsets: Set(Toolset.allCases))

    /// The names of all tools, in the order of lists.
    package static let names: [String] = KomodoToolProvider.catalogue.map(\.name)

    /// Whether something may be done at all, whatever the tool.
    package func permits(_ scope: Scope) -> Bool {
        switch scope {
        case .read, .admin: true
        case .operate: !isReadOnly
        case .destroy: !isReadOnly && !isWithoutDestruction
        }
    }

    /// Whether a tool is left when all of `selections` count.
    ///
    /// What one of them denies is denied; of those that choose, each must have chosen it; where
    /// none chooses, the standard groups are offered.
    static func offer(_ tool: ToolEntry, _ selections: [ToolSelection]) -> Bool {
        guard selections.allSatisfy({ !$0.denies(tool) }) else { return false }
        let choices = selections.filter(\.isChoosing)
        guard !choices.isEmpty else { return Toolset.standard.contains(tool.toolset) }
        return choices.allSatisfy { $0.chooses(tool) }
    }

    /// Whether a tool is taken away, whatever was chosen.
    func denies(_ tool: ToolEntry) -> Bool {
        if isReadOnly, tool.tool.annotations?.readOnly != true { return true }
        if isWithoutDestruction, tool.scope == .destroy { return true }
        return excluded.contains(tool.name)
    }

    /// The option, as on the command line, that alone takes `tool` away; nil when none does.
    func optionHiding(_ tool: ToolEntry) -> String? {
        if isReadOnly, tool.tool.annotations?.readOnly != true { return "--read-only" }
        if isWithoutDestruction, tool.scope == .destroy { return "--no-destroy" }
        if excluded.contains(tool.name) { return "--exclude-tools \(tool.name)" }
        if let toolsets, !toolsets.contains(tool.toolset) {
            return "--toolsets that leave out \(tool.toolset.rawValue)"
        }
        if let tools, !tools.contains(tool.name) { return "--tools that leave it out" }
        return nil
    }

    private var isChoosing: Bool { toolsets != nil || tools != nil }

    private func chooses(_ tool: ToolEntry) -> Bool {
        if let toolsets, !toolsets.contains(tool.toolset) { return false }
        if let tools, !tools.contains(tool.name) { return false }
        return true
    }
}
