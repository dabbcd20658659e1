internal import JSON

/// Whether a call may become a task: the tool's rule against what the client can take.
enum TaskModes {
    /// The mode of a call, or the refusal that the rule asks for.
    static func mode(of tool: Tool, _ exchange: Exchange) throws(RPCError) -> TaskMode {
        guard exchange.definition.offersTasks else { return .unavailable }
        return switch exchange.revision.era {
        case .modern: try modern(tool, exchange)
        case .legacy: try legacy(tool, exchange)
        }
    }

    private static func modern(_ tool: Tool, _ exchange: Exchange) throws(RPCError) -> TaskMode {
        let isDeclared = exchange.capabilities.understandsTasks
        switch tool.taskSupport {
        case .forbidden: return .unavailable
        case .optional: return isDeclared ? .offered : .unavailable
        case .required:
            guard isDeclared else { throw ExtensionTasks.undeclared }
            return .offered
        }
    }

    private static func legacy(_ tool: Tool, _ exchange: Exchange) throws(RPCError) -> TaskMode {
        let request = exchange.revision == .november2025 ? exchange.params["task"] : nil
        switch (tool.taskSupport, request) {
        case (.required, nil):
            throw RPCError(
                code: RPCError.Code.methodNotFound,
                message: "The tool \(tool.name) must be called as a task")
        case (.forbidden, nil), (.optional, nil):
            return .unavailable
        case (.forbidden, _?):
            throw RPCError(
                code: RPCError.Code.methodNotFound,
                message: "The tool \(tool.name) cannot be called as a task")
        case (.optional, let request?), (.required, let request?):
            guard request.object != nil else {
                throw RPCError.invalidParams("\"task\" must be an object")
            }
            return .requested(timeToLive: try timeToLive(request["ttl"]))
        }
    }

    private static func timeToLive(_ value: JSONValue?) throws(RPCError) -> Duration? {
        switch value {
        case nil, .null: return nil
        case let value?:
            guard let milliseconds = value.double, milliseconds >= 0, milliseconds < 1e15 else {
                throw RPCError.invalidParams("\"task.ttl\" must be a number of milliseconds")
            }
            return .milliseconds(Int64(milliseconds))
        }
    }
}
