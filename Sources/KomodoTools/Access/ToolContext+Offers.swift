internal import Jobs

extension ToolContext {
    /// Whether `caller` is offered a tool by this server.
    func offers(_ tool: ToolEntry, to caller: Caller) -> Bool {
        ToolSelection.offer(tool, [selection, caller.selection])
    }

    /// Whether the operation's own tool was taken away by name, so that a repetition of a job must
    /// not stand in for it.
    func excludes(_ operation: JobOperation, for caller: Caller) -> Bool {
        guard let name = ExecuteRegistry.tool(for: operation)?.name else { return false }
        return selection.excluded.contains(name) || caller.selection.excluded.contains(name)
    }
}
