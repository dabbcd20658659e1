internal import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient
internal import MCP

/// What all tools that look something up in Komodo share.
enum ReadTool {
    /// Everything that one call works with.
    struct Run: Sendable {
        let call: ToolCall
        let context: ToolContext
        let komodo: any KomodoReads

        var arguments: ToolArguments { call.arguments }
    }

    /// A tool that answers with what `run` gives.
    ///
    /// - Parameter output: the members of `data`; every list of tools carries those that are not
    ///   marked as extra.
    static func entry(
        _ name: String, _ title: String, _ description: String, _ arguments: [Property],
        toolset: ToolSelection.Toolset = .read, output: [Property],
        run: @escaping @Sendable (Run) async throws -> JSONObject
    ) -> ToolEntry {
        let schema = ResultSchema.of(
            output + [Property.field("notes", .texts)].extra, isShort: true)
        let usual = Schema.usual(schema)
        let tool = Tool(
            name: name, title: title, description: description,
            inputSchema: Schema.object(arguments), outputSchema: usual,
            annotations: .lookingUp)
        return ToolEntry(tool: tool, toolset: toolset, scope: .read, wholeOutput: schema) {
            call, context in
            let data: JSONObject
            do {
                let komodo = try context.requireReads()
                data = try await run(Run(call: call, context: context, komodo: komodo))
            } catch let error as KomodoError where error.code != .interrupted {
                throw try await failure(error, context)
            }
            return .result(
                try FittedResult.of(
                    ToolResults.success(data, at: context.clock.now()), schema))
        }
    }

    /// The failure that an error of Komodo means; one for want of requests says when to ask again.
    private static func failure(
        _ error: KomodoError, _ context: ToolContext
    ) async throws -> any Error {
        guard var failure = ToolFailure(error) else { return error }
        if failure.code == .rateLimitError, failure.retryAfter == nil, let access = context.access {
            failure.retryAfter = max(
                1, try await RetryTime.seconds(access.instance, in: context))
        }
        return failure
    }
}
