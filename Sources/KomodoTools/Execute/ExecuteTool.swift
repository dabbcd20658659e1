internal import JSON
internal import Jobs
internal import MCP

/// One execute tool: an operation with its documented arguments.
struct ExecuteTool: Sendable {
    let name: String
    let title: String
    let operation: JobOperation
    /// The group that it is offered with.
    var toolset = ToolSelection.Toolset.execute
    /// What the model is told, at most 900 characters.
    let description: String
    /// What `id` names, and an example.
    let id: Property
    /// The properties of `options`.
    let options: [Property]
    /// Arguments beside `id` and `options`.
    var extras: [Property] = []
    /// Whether something is lost or interrupted.
    let isDestructive: Bool
    /// Komodo's own arguments, from those of the call.
    var parameters: @Sendable (ToolArguments) throws(ToolFailure) -> JSONObject = {
        (_) throws(ToolFailure) in [:]
    }

    /// Whether a call is confirmed first.
    var needsConfirmation: Bool { operation.spec.tier == .destroy }

    var entry: ToolEntry {
        let tool = Tool(
            name: name, title: title, description: description, inputSchema: inputSchema,
            outputSchema: ResultSchema.of(JobSchema.ordered(operation)),
            annotations: .acting(destructive: isDestructive), taskSupport: .optional)
        let definition = self
        return ToolEntry(
            tool: tool, toolset: toolset, scope: needsConfirmation ? .destroy : .operate
        ) { call, context in
            try await ExecuteRun(tool: definition, call: call, context: context).run()
        }
    }

    private var inputSchema: JSONValue {
        let nested: Property = .object(
            "options", "How to run it; every one is optional.", options, example: [:])
        let confirmation = needsConfirmation ? [ExecuteArguments.confirmationToken] : []
        return Schema.object(
            [id.required] + extras + [nested] + ExecuteArguments.common + confirmation)
    }
}

/// The arguments that all execute tools share.
enum ExecuteArguments {
    static let common: [Property] = [
        .integer(
            "wait_seconds",
            "Seconds to wait for the end; the job goes on afterwards. Default 0, at once; 45 with "
                + "async: false or waitForHealthy. If given, no task is made.",
            in: 0...WaitMode.secondsMax, example: 30),
        .text(
            "idempotency_key",
            "The same key with the same arguments returns the same job; with other arguments: "
                + "CONFLICT. 1-255 bytes. Default: none; an equal unfinished request of the last 2 "
                + "minutes is joined.",
            example: "release-1.4.2-deploy", length: 1...255),
        .choice(
            "on_busy",
            "When another job has the same target: wait for it, or fail with CONFLICT.",
            ["wait", "fail"], default: "wait"),
        .flag(
            "new",
            "Make another job even if an equal one is under way. Not together with a used "
                + "idempotency_key.", default: false),
    ]

    /// How somebody agrees to a call that was previewed.
    static let confirmationToken: Property = .text(
        "confirmation_token",
        "The token of a CONFIRMATION_REQUIRED answer to this same call. Send it only after the "
            + "user has agreed. One use, 10 minutes. Default: none.",
        example: "AQAAAABo…", length: 1...4_096)

    /// `id` with what it names.
    static func id(_ what: String, example: String) -> Property {
        .text(
            "id",
            "The \(what)'s name or Komodo id (24 hexadecimal digits), at most 200 characters.",
            example: example, length: 1...200)
    }
}
