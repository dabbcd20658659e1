internal import JSON
private import Logging

/// `tools/list` and `tools/call`.
enum ToolMethods {
    /// The tools of one page.
    static func list(
        _ provider: any ToolProvider, _ context: CallContext
    ) async throws -> JSONObject {
        let exchange = context.exchange
        let cursor = try exchange.params.cursor()
        let page = try Pages.page(
            try await provider.tools(for: context.principal), at: cursor,
            size: exchange.definition.limits.pageSize)
        let offersTasks = exchange.definition.offersTasks
        var object: JSONObject = [
            "tools": .array(
                page.items.map { $0.json(context.revision, offersTasks: offersTasks) })
        ]
        object["nextCursor"] = page.nextCursor.map { .string($0) }
        object.setCache(page.cache, context.revision)
        return object
    }

    /// Checks a call against the tool, and runs it.
    static func call(
        _ provider: any ToolProvider, _ context: CallContext
    ) async throws -> JSONObject {
        let exchange = context.exchange
        let name = try exchange.params.requiredString("name")
        let arguments = try arguments(exchange.params)
        guard let tool = try await provider.tool(name, for: context.principal) else {
            throw RPCError.invalidParams("unknown tool \"\(name.cut(to: 128))\"")
        }
        if let headers = exchange.headers, context.revision.era == .modern {
            try HeaderRules.checkParameters(
                schema: tool.inputSchema, arguments: arguments, headers)
        }
        let context = context.with(try TaskModes.mode(of: tool, exchange))
        let problems = try exchange.definition.schemas.schema(tool.inputSchema, of: tool.name)
            .problems(in: .object(arguments), limit: exchange.definition.limits.problemsMax)
        guard problems.isEmpty else {
            return try result(
                provider.invalidArguments(problems, of: tool, context: context), context)
        }
        do {
            switch try await provider.call(name, arguments: arguments, context: context) {
            case .result(let outcome): return try result(outcome, context)
            case .task(let view, let immediate): return try task(view, immediate, context)
            }
        } catch let error as AskError where context.revision.era == .legacy {
            return try result(.text(error.explanation, isError: true), context)
        }
    }

    private static func arguments(_ params: JSONObject) throws(RPCError) -> JSONObject {
        switch params["arguments"] {
        case nil, .null: [:]
        case .object(let object): object
        default: throw RPCError.invalidParams("\"arguments\" must be an object")
        }
    }

    /// A legacy client that asked for a task can read nothing else: a failure before there is a
    /// task becomes an error.
    private static func result(
        _ result: CallResult, _ context: CallContext
    ) throws(RPCError) -> JSONObject {
        if case .requested = context.taskMode, result.isError {
            throw RPCError.invalidParams(result.firstText, data: result.structured)
        }
        return result.json(context.revision)
    }

    private static func task(
        _ view: TaskView, _ immediate: String?, _ context: CallContext
    ) throws(RPCError) -> JSONObject {
        let exchange = context.exchange
        switch context.taskMode {
        case .unavailable:
            exchange.definition.logger.error(
                "A tool answered with a task that the client cannot take",
                metadata: ["mcp.method": "tools/call"])
            throw RPCError.internalError()
        case .requested:
            if let provider = exchange.definition.tasks {
                let watches = exchange.session.watches
                exchange.call.afterAnswer {
                    watches.follow(LegacyTasks.watch(view, provider, context))
                }
            }
            return LegacyTasks.created(view, immediate: immediate)
        case .offered:
            return ExtensionTasks.created(view)
        }
    }
}

extension CallResult {
    /// What the result says first.
    var firstText: String {
        for case .text(let text, _) in content { return text }
        return "the tool failed"
    }
}
