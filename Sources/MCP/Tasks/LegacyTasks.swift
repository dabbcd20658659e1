internal import JSON

/// Tasks as 2025-11-25 knows them.
enum LegacyTasks {
    /// What is announced.
    static func capability(listsTasks: Bool) -> JSONObject {
        var object: JSONObject = [:]
        if listsTasks { object["list"] = [:] }
        object["cancel"] = [:]
        object["requests"] = ["tools": ["call": [:]]]
        return object
    }

    /// The handler of a method.
    static func handler(_ method: String, listsTasks: Bool) -> Methods.Handler? {
        switch method {
        case "tasks/get": get
        case "tasks/result": result
        case "tasks/cancel": cancel
        case "tasks/list" where listsTasks: list
        default: nil
        }
    }

    /// The answer to a call that became a task.
    static func created(_ view: TaskView, immediate: String?) -> JSONObject {
        var object: JSONObject = ["task": .object(json(view))]
        if let immediate {
            object["_meta"] = .object([MetaKey.immediateResponse: .string(immediate)])
        }
        return object
    }

    /// The members of a task.
    static func json(_ view: TaskView) -> JSONObject {
        var object: JSONObject = [
            "taskId": .string(view.id), "status": .string(status(view)),
        ]
        object["statusMessage"] =
            view.isCancelledView
            ? "The task was cancelled by request" : view.statusMessage.map { .string($0) }
        object["createdAt"] = .string(view.createdAt.iso8601)
        object["lastUpdatedAt"] = .string(view.updatedAt.iso8601)
        object["ttl"] = view.timeToLive.map { .int($0.milliseconds) } ?? .null
        object["pollInterval"] = view.pollInterval.map { .int($0.milliseconds) }
        return object
    }

    /// The status that clients of this form see: a cancelled task stays so, and a tool's own
    /// failure counts as one.
    static func status(_ view: TaskView) -> String {
        if view.isCancelledView { return "cancelled" }
        return switch view.state {
        case .working: "working"
        case .inputRequired: "input_required"
        case .cancelled: "cancelled"
        case .ended(.result(let result)): result.isError ? "failed" : "completed"
        case .ended(.failure): "failed"
        }
    }

    /// Whether clients of this form see an end.
    static func isOver(_ view: TaskView) -> Bool { view.isCancelledView || view.isOver }

    /// Tells a client that got a task as the answer how the task goes on, until its end: its
    /// status, and its progress when the call carried a token.
    static func watch(
        _ view: TaskView, _ provider: any TaskProvider, _ context: CallContext
    ) -> Watch {
        let task = FollowedTask(view.id, of: context.principal, in: provider)
        let progress = TaskProgress(context, view)
        let last = LastTold(status(view))
        let interval = context.exchange.definition.limits.updateInterval
        return Watch { clock, emit in
            await task.run(clock, every: interval) { view in
                let isOver = isOver(view)
                if !isOver, let message = progress?.notification(view, at: clock.now()) {
                    await emit(message)
                }
                if last.changes(to: status(view)) {
                    await emit(.notification("notifications/tasks/status", json(view)))
                }
                return !isOver
            }
        }
    }
}

extension LegacyTasks {
    private static func get(_ context: CallContext) async throws -> JSONObject {
        json(try await context.knownTask().view)
    }

    private static func list(_ context: CallContext) async throws -> JSONObject {
        let page = try await context.taskProvider().tasks(
            after: try context.exchange.params.cursor(), for: context.principal)
        var object: JSONObject = ["tasks": .array(page.items.map { .object(json($0)) })]
        object["nextCursor"] = page.nextCursor.map { .string($0) }
        return object
    }

    private static func cancel(_ context: CallContext) async throws -> JSONObject {
        let (view, provider) = try await context.knownTask()
        guard !isOver(view) else { throw ended(view) }
        guard
            let after = try await provider.cancel(
                view.id, for: context.principal, hidesOutcome: true)
        else { throw CallContext.unknownTask }
        guard status(after) == "cancelled" else { throw ended(after) }
        return json(after)
    }

    private static func ended(_ view: TaskView) -> RPCError {
        .invalidParams("the task has ended already: \(status(view))")
    }

    /// `tasks/result`: waits for the end, asking the client meanwhile what the task needs.
    private static func result(_ context: CallContext) async throws -> JSONObject {
        let (first, provider) = try await context.knownTask()
        let changes = provider.changes(of: first.id, for: context.principal)
        var asked: Set<String> = []
        var view: TaskView? = try await provider.task(first.id, for: context.principal)
        var iterator = changes.makeAsyncIterator()
        while true {
            guard let now = view else { throw CallContext.unknownTask }
            if let result = try ending(now) { return result }
            if case .inputRequired(let requests) = now.state {
                let new = requests.filter { !asked.contains($0.key) }
                asked.formUnion(new.keys)
                try await ask(new, now.id, provider, context)
                if !new.isEmpty {
                    view = try await provider.task(first.id, for: context.principal)
                    continue
                }
            }
            guard await iterator.next() != nil else {
                try Task.checkCancellation()
                throw RPCError.internalError()
            }
            view = try await provider.task(first.id, for: context.principal)
        }
    }

    /// What the call would have answered; nil while the task goes on.
    private static func ending(_ view: TaskView) throws(RPCError) -> JSONObject? {
        if view.isCancelledView { throw cancelled }
        switch view.state {
        case .working, .inputRequired: return nil
        case .cancelled: throw cancelled
        case .ended(.failure(let error)): throw error
        case .ended(.result(let result)):
            var object = result.json(.november2025)
            var meta = result.meta ?? [:]
            meta[MetaKey.relatedTask] = related(view.id)
            object["_meta"] = .object(meta)
            return object
        }
    }

    private static let cancelled = RPCError.invalidParams("the task was cancelled")

    private static func related(_ id: String) -> JSONValue { ["taskId": .string(id)] }

    private static func ask(
        _ requests: [String: ClientRequest], _ id: String, _ provider: any TaskProvider,
        _ context: CallContext
    ) async throws {
        for (key, request) in requests.sorted(by: { $0.key < $1.key }) {
            guard context.canAsk(request) else {
                throw AskError.unsupported(required: .object(request.requiredCapability))
            }
            let answer = try await context.exchange.session.rawAnswer(
                to: request, context.revision, meta: [MetaKey.relatedTask: related(id)],
                context.rawEmit)
            _ = try await provider.update(id, answers: [key: answer], for: context.principal)
        }
    }
}
