internal import JSON

/// `subscriptions/listen`: acknowledges, then tells until the client cancels or the server ends.
enum SubscriptionStream {
    /// One thing that is watched.
    private enum Source: Sendable {
        case list(ListKind, AsyncStream<Void>)
        case resource(String, AsyncStream<Void>)
        case task(FollowedTask)
    }

    /// Runs one stream to its end.
    static func run(_ context: CallContext) async throws -> JSONObject {
        let exchange = context.exchange
        let asked = try SubscriptionFilter(exchange.params, limits: exchange.definition.limits)
        if asked.tasks != nil, !context.capabilities.understandsTasks {
            throw ExtensionTasks.undeclared
        }
        let (sources, honoured) = try await sources(asked, context)
        let meta: JSONObject = [MetaKey.subscriptionID: exchange.call.id.json]
        await context.send(
            .notification(
                "notifications/subscriptions/acknowledged",
                ["_meta": .object(meta), "notifications": .object(honoured.json)]))
        await withTaskGroup(of: Void.self) { group in
            for source in sources {
                group.addTask { await tell(source, meta, context) }
            }
            await exchange.call.closing.waitForEnd()
            group.cancelAll()
        }
        return ["_meta": .object(meta)]
    }

    /// What can be honoured of a filter, watched from now on.
    private static func sources(
        _ asked: SubscriptionFilter, _ context: CallContext
    ) async throws -> ([Source], SubscriptionFilter) {
        let definition = context.exchange.definition
        var sources: [Source] = []
        var honoured = SubscriptionFilter()
        for kind in asked.lists {
            guard let changes = definition.changes(of: kind) else { continue }
            sources.append(.list(kind, changes))
            honoured.lists.append(kind)
        }
        for uri in asked.resources where definition.offersSubscriptions {
            guard
                let updates = try await definition.resources?.updates(
                    of: uri, for: context.principal)
            else { continue }
            sources.append(.resource(uri, updates))
            honoured.resources.append(uri)
        }
        guard let ids = asked.tasks else { return (sources, honoured) }
        honoured.tasks = []
        for id in ids {
            guard let tasks = definition.tasks,
                try await tasks.task(id, for: context.principal) != nil
            else { continue }
            sources.append(.task(FollowedTask(id, of: context.principal, in: tasks)))
            honoured.tasks?.append(id)
        }
        return (sources, honoured)
    }

    private static func tell(
        _ source: Source, _ meta: JSONObject, _ context: CallContext
    ) async {
        let definition = context.exchange.definition
        let interval = definition.limits.updateInterval
        switch source {
        case .list(let kind, let changes):
            await definition.clock.forward(changes, every: interval, until: Signal()) {
                await context.send(
                    .notification(kind.changeNotification, ["_meta": .object(meta)]))
            }
        case .resource(let uri, let changes):
            await definition.clock.forward(changes, every: interval, until: Signal()) {
                await context.send(
                    .notification(
                        "notifications/resources/updated",
                        ["_meta": .object(meta), "uri": .string(uri)]))
            }
        case .task(let task):
            let last = LastTold<TaskView?>(nil)
            await task.run(definition.clock, every: interval) { view in
                guard last.changes(to: view) else { return true }
                var params = ExtensionTasks.detailed(view)
                params["_meta"] = .object(meta)
                await context.send(.notification("notifications/tasks", params))
                return !view.isOver
            }
        }
    }
}
