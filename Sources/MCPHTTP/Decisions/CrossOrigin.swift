internal import HTTPTypes

/// What pages of other origins are told (CORS, Fetch Standard §3.2): those that the configuration
/// lists may read answers, all others get no field that lets them.
struct CrossOrigin: Sendable {
    private let rules: AddressRules

    private static let methods = "POST, GET, DELETE"
    private static let readable =
        "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After"
    private static let sendable = [
        "Authorization", "Content-Type", "Accept", "Mcp-Session-Id", "MCP-Protocol-Version",
        "Mcp-Method", "Mcp-Name", "Last-Event-ID",
    ]
    private static let maxAgeSeconds = "600"
    private static let requestedNamesMax = 64

    init(_ rules: AddressRules) { self.rules = rules }

    /// The fields that every answer to such a page carries.
    func fields(_ head: HTTPRequest) -> HTTPFields {
        guard let origin = listedOrigin(head) else { return [:] }
        return [
            .accessControlAllowOrigin: origin, .vary: "Origin",
            .accessControlExposeHeaders: Self.readable,
        ]
    }

    /// The answer to the question whether a request may be sent; nil for everything else.
    func preflight(_ head: HTTPRequest) -> Reply? {
        guard head.method == .options, listedOrigin(head) != nil,
            head.headerFields[.accessControlRequestMethod] != nil
        else { return nil }
        var reply = Reply.empty(204)
        reply.fields[.accessControlAllowMethods] = Self.methods
        reply.fields[.accessControlAllowHeaders] =
            (Self.sendable + Self.parameters(head)).joined(separator: ", ")
        reply.fields[.accessControlMaxAge] = Self.maxAgeSeconds
        return reply
    }

    /// The fields that repeat arguments, whose names only the page knows.
    private static func parameters(_ head: HTTPRequest) -> [String] {
        (head.headerFields[.accessControlRequestHeaders] ?? "")
            .split(separator: ",", maxSplits: requestedNamesMax)
            .compactMap { HTTPField.Name(String($0.filter { $0 != " " && $0 != "\t" })) }
            .map(\.canonicalName)
            .filter { $0.hasPrefix(HTTPField.Name.parameterPrefix) }
    }

    private func listedOrigin(_ head: HTTPRequest) -> String? {
        guard let origin = head.headerFields.trimmed(.origin), rules.listsOrigin(origin) else {
            return nil
        }
        return origin
    }
}
