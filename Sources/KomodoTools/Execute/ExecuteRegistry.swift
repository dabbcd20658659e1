internal import Jobs

/// The nine documented execute tools.
enum ExecuteRegistry {
    static let tools: [ExecuteTool] = [
        .deploy, .build, .startServer, .stopServer, .restartServer, .runProcedure, .triggerAction,
        .pullRepo, .cloneRepo,
    ]

    /// The tool that asks for `operation`, if there is one.
    static func tool(for operation: JobOperation) -> ExecuteTool? {
        tools.first { $0.operation == operation }
    }
}
