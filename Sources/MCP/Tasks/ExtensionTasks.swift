internal import JSON

/// The tasks extension of modern revisions.
package enum ExtensionTasks {
    /// The key under which both sides declare it.
    package static let identifier = "io.modelcontextprotocol/tasks"

    /// The answer to a client that did not declare the extension.
    static let undeclared = RPCError.missingCapability([
        "extensions": .object([identifier: [:]])
    ])

    /// The answer to a call that became a task.
    static func created(_ view: TaskView) -> JSONObject {
        var object: JSONObject = ["resultType": "task"]
        for member in base(view).members { object[member.key] = member.value }
        return object
    }

    /// A task with all that its state carries.
    static func detailed(_ view: TaskView) -> JSONObject {
        var object = base(view)
        switch view.state {
        case .working, .cancelled: break
        case .inputRequired(let requests):
            var entries: JSONObject = [:]
            for (key, request) in requests.sorted(by: { $0.key < $1.key }) {
                entries[key] = AskLedger.json(request, .july2026)
            }
            object["inputRequests"] = .object(entries)
        case .ended(.result(let result)):
            var members = result.json(.july2026)
            members["resultType"] = "complete"
            object["result"] = .object(members)
        case .ended(.failure(let error)): object["error"] = error.json
        }
        return object
    }

    /// The status in this form: a tool's own failure is a completion.
    static func status(_ view: TaskView) -> String {
        switch view.state {
        case .working: "working"
        case .inputRequired: "input_required"
        case .ended(.result): "completed"
        case .ended(.failure): "failed"
        case .cancelled: "cancelled"
        }
    }

    private static func base(_ view: TaskView) -> JSONObject {
        var object: JSONObject = ["taskId": .string(view.id), "status": .string(status(view))]
        object["statusMessage"] = view.statusMessage.map { .string($0) }
        object["createdAt"] = .string(view.createdAt.iso8601)
        object["lastUpdatedAt"] = .string(view.updatedAt.iso8601)
        object["ttlMs"] = view.timeToLive.map { .int($0.milliseconds) } ?? .null
        object["pollIntervalMs"] = view.pollInterval.map { .int($0.milliseconds) }
        return object
    }
}

extension ExtensionTasks {
    /// `tasks/get`: the task with all that its state carries.
    static func get(_ context: CallContext) async throws -> JSONObject {
        try declared(context)
        return detailed(try await context.knownTask().view)
    }

    /// `tasks/update`: hands answers over.
    static func update(_ context: CallContext) async throws -> JSONObject {
        try declared(context)
        let params = context.exchange.params
        let id = try params.requiredString("taskId")
        guard params["inputResponses"] != nil else {
            throw RPCError.invalidParams("\"inputResponses\" must be an object")
        }
        let answers = try AskLedger.responses(
            params["inputResponses"], context.exchange.definition)
        guard
            try await context.taskProvider().update(id, answers: answers, for: context.principal)
        else { throw CallContext.unknownTask }
        return [:]
    }

    /// `tasks/cancel`: asks for the end; also fine when there is one.
    static func cancel(_ context: CallContext) async throws -> JSONObject {
        try declared(context)
        let (view, provider) = try await context.knownTask()
        guard !view.isOver else { return [:] }
        _ = try await provider.cancel(view.id, for: context.principal, hidesOutcome: false)
        return [:]
    }

    private static func declared(_ context: CallContext) throws(RPCError) {
        guard context.capabilities.understandsTasks else { throw undeclared }
    }
}
