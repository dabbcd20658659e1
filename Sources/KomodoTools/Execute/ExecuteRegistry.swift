internal import Jobs

/// The tools that ask Komodo for operations: the nine documented ones first.
enum ExecuteRegistry {
    static let documented: [ExecuteTool] = [
        .deploy, .build, .startServer, .stopServer, .restartServer, .runProcedure, .triggerAction,
        .pullRepo, .cloneRepo,
    ]

    static let tools: [ExecuteTool] = documented + OperationTools.table.map(\.tool)

    /// The tool that asks for `operation`, if there is one.
    static func tool(for operation: JobOperation) -> ExecuteTool? {
        tools.first { $0.operation == operation }
    }
}
