private import JSON
internal import MCP

/// The resources and the template.
struct FixtureResources: ResourceProvider {
    /// The pattern of the template's addresses.
    static let templateText = "test://template/{id}/data"
    /// The addresses of the listed resources.
    static let addresses = list.map(\.uri)

    private static let watched = "test://watched-resource"
    private static let cache = CacheHint(timeToLive: .seconds(60), scope: .public)
    private static let list = [
        Resource(
            uri: "test://static-text", name: "static-text", description: "A text.",
            mimeType: "text/plain"),
        Resource(
            uri: "test://static-binary", name: "static-binary", description: "A picture.",
            mimeType: "image/png"),
        Resource(
            uri: watched, name: "watched-resource",
            description: "A text that can be subscribed to.", mimeType: "text/plain"),
    ]

    private let watchers = ListChanges()
    /// nil cannot happen: the pattern is a constant.
    private let template = try? URITemplate(templateText)

    var isSubscribable: Bool { true }

    func resources(
        after cursor: String?, for principal: Principal
    ) async throws -> Listing<Resource> {
        guard cursor == nil else { throw RPCError.invalidParams("there is one page only") }
        return Listing(Self.list, cache: Self.cache)
    }

    func templates(for principal: Principal) async throws -> Listing<ResourceTemplate> {
        Listing(
            [
                ResourceTemplate(
                    uriTemplate: Self.templateText, name: "template",
                    description: "Data by its identifier.", mimeType: "application/json")
            ], cache: Self.cache)
    }

    func read(_ uri: String, context: CallContext) async throws -> ResourceReading? {
        switch uri {
        case "test://static-text":
            reading(uri, "text/plain", .text("This is the content of the static text resource."))
        case "test://static-binary":
            reading(uri, "image/png", .blob(Samples.png))
        case Self.watched:
            reading(uri, "text/plain", .text("This is the content of the watched resource."))
        default:
            template?.values(in: uri)?["id"].map { id in
                let data: JSONValue = [
                    "id": .string(id), "templateTest": true,
                    "data": .string("Data for ID: \(id)"),
                ]
                return reading(uri, "application/json", .text(data.serialized()))
            }
        }
    }

    func updates(of uri: String, for principal: Principal) async throws -> AsyncStream<Void>? {
        guard Self.addresses.contains(uri) || template?.values(in: uri) != nil else { return nil }
        return watchers.changes()
    }

    private func reading(
        _ uri: String, _ mimeType: String, _ body: ResourceContents.Body
    ) -> ResourceReading {
        ResourceReading(
            [ResourceContents(uri: uri, mimeType: mimeType, body: body)], cache: Self.cache)
    }
}
