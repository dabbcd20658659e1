internal import JSON

/// The methods of resources.
enum ResourceMethods {
    /// A page of resources.
    static func list(
        _ provider: any ResourceProvider, _ context: CallContext
    ) async throws -> JSONObject {
        let cursor = try context.exchange.params.cursor()
        let page = try await provider.resources(after: cursor, for: context.principal)
        var object: JSONObject = [
            "resources": .array(page.items.map { .object($0.json(context.revision)) })
        ]
        object["nextCursor"] = page.nextCursor.map { .string($0) }
        object.setCache(page.cache, context.revision)
        return object
    }

    /// A page of templates.
    static func templates(
        _ provider: any ResourceProvider, _ context: CallContext
    ) async throws -> JSONObject {
        let cursor = try context.exchange.params.cursor()
        let page = try Pages.page(
            try await provider.templates(for: context.principal), at: cursor,
            size: context.exchange.definition.limits.pageSize)
        var object: JSONObject = [
            "resourceTemplates": .array(page.items.map { $0.json(context.revision) })
        ]
        object["nextCursor"] = page.nextCursor.map { .string($0) }
        object.setCache(page.cache, context.revision)
        return object
    }

    /// The contents of one resource.
    static func read(
        _ provider: any ResourceProvider, _ context: CallContext
    ) async throws -> JSONObject {
        let uri = try context.exchange.params.requiredString("uri")
        guard let reading = try await provider.read(uri, context: context),
            !reading.contents.isEmpty
        else { throw notFound(uri, context.revision) }
        var object: JSONObject = [
            "contents": .array(reading.contents.map { $0.json(context.revision) })
        ]
        object.setCache(reading.cache, context.revision)
        return object
    }

    /// `resources/subscribe` of legacy revisions.
    static func subscribe(_ context: CallContext) async throws -> JSONObject {
        let uri = try context.exchange.params.requiredString("uri")
        let resources = context.exchange.definition.resources
        guard let updates = try await resources?.updates(of: uri, for: context.principal) else {
            throw notFound(uri, context.revision)
        }
        guard context.exchange.session.watches.subscribe(to: uri, updates) else {
            throw RPCError.invalidRequest("too many subscriptions; end one first")
        }
        return [:]
    }

    private static func notFound(_ uri: String, _ revision: Revision) -> RPCError {
        RPCError(
            code: revision.era == .modern
                ? RPCError.Code.invalidParams : RPCError.Code.resourceNotFound,
            message: "Resource not found", data: ["uri": .string(uri.cut(to: 1_024))])
    }
}
