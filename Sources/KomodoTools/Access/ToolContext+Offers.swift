internal import Jobs

extension ToolContext {
    /// Whether `caller` is offered a tool by this server.
    func offers(_ tool: ToolEntry, to caller: Caller) -> Bool {
        ToolSelection.offer(tool, [selection, caller.selection])
    }

    /// Whether the tool was taken away, so that nothing else must stand in for it.
    ///
    /// A tool that was merely not chosen is not denied: whoever may order jobs may follow them as
    /// tasks without the tools for jobs.
    func denies(_ tool: String, to caller: Caller) -> Bool {
        guard let entry = KomodoToolProvider.entry(tool) else { return false }
        return selection.denies(entry) || caller.selection.denies(entry)
    }

    /// Why `tool` is not offered to `caller`, as a sentence; nil when it is.
    func hiding(_ tool: ToolEntry, from caller: Caller) -> String? {
        guard !offers(tool, to: caller) else { return nil }
        if let option = selection.optionHiding(tool) {
            return "\(tool.name) is not offered: this server was started with \(option)."
        }
        if caller.selection.optionHiding(tool) != nil {
            return "\(tool.name) is not offered to this token."
        }
        return "\(tool.name) is not offered: this server was started without --toolsets "
            + "\(tool.toolset.rawValue)."
    }

    /// Why a job of `operation` must not come about for `caller` by another way than its tool; nil
    /// when it may.
    ///
    /// An operation without a tool of its own goes with those on the same type of target.
    func hidingRepetition(of operation: JobOperation, from caller: Caller) -> String? {
        if let name = ExecuteRegistry.tool(for: operation)?.name,
            let entry = KomodoToolProvider.entry(name)
        {
            return hiding(entry, from: caller)
        }
        let type = operation.spec.targetType
        let isNear = ExecuteRegistry.tools.contains { tool in
            tool.operation.spec.targetType == type
                && KomodoToolProvider.entry(tool.name).map { offers($0, to: caller) } ?? false
        }
        return isNear ? nil : "No tool that runs anything on a \(type.word) is offered."
    }

    /// Whether `caller` has a tool that takes names of `type`, so that Komodo may be asked for them.
    func letsName(_ type: TargetType, _ caller: Caller) -> Bool {
        KomodoToolProvider.catalogue.contains { entry in
            guard caller.may(entry.scope), offers(entry, to: caller) else { return false }
            if entry.toolset.asksKomodo { return Self.reads(of: type).contains(entry.name) }
            return ExecuteRegistry.tools.contains {
                $0.name == entry.name && $0.operation.spec.targetType == type
            }
        }
    }

    private static func reads(of type: TargetType) -> [String] {
        switch type {
        case .deployment: [ToolName.listDeployments, ToolName.getDeployment]
        case .build: [ToolName.listBuilds, ToolName.getBuild]
        case .server: [ToolName.listServers, ToolName.getServer]
        default: []
        }
    }
}
