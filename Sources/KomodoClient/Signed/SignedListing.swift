internal import JSON
internal import Jobs

/// All resources of one type that the key may see, as their list shows them.
struct SignedListing: Sendable {
    private let itemsByID: [String: JSONValue]
    private let idsByName: [String: String]
    /// On the client's own clock.
    let fetchedAt: Duration
    /// How many requests it took.
    let pages: Int
    /// Whether Komodo has no more of them than were read.
    let isWhole: Bool

    init(_ items: [JSONValue], fetchedAt: Duration, pages: Int, isWhole: Bool = true) {
        var itemsByID: [String: JSONValue] = [:]
        var idsByName: [String: String] = [:]
        for item in items {
            guard let id = item.field(["id", "_id"])?.word else { continue }
            itemsByID[id] = item
            if let name = item.field("name")?.word { idsByName[name] = id }
        }
        self.itemsByID = itemsByID
        self.idsByName = idsByName
        self.fetchedAt = fetchedAt
        self.pages = pages
        self.isWhole = isWhole
    }

    /// The item of a resource.
    func item(_ id: String) -> JSONValue? { itemsByID[id] }

    /// The resource called `nameOrID`, else the one with that id.
    func target(_ type: TargetType, _ nameOrID: String) -> Target? {
        if let id = idsByName[nameOrID] { return Target(type: type, id: id, name: nameOrID) }
        return itemsByID[nameOrID].map { item in
            Target(type: type, id: nameOrID, name: item.field("name")?.word ?? nameOrID)
        }
    }

    /// The error for a name that is not here.
    func notFound(_ type: TargetType, _ nameOrID: String) -> KomodoError {
        guard isWhole else {
            return KomodoError(
                .serverFault,
                "Komodo has more than the \(itemsByID.count) \(type.word)s that are looked "
                    + "through, and '\(Quote.word(nameOrID))' is not among them.")
        }
        let nearest = NearestNames.nearest(to: nameOrID, among: idsByName.keys)
        let message =
            "Komodo has no \(type.word) '\(Quote.word(nameOrID))' that this key may see."
        return KomodoError(.notFound, message, suggestions: nearest)
    }
}

/// One page of a list of the signed interface.
struct SignedPage: Sendable {
    let items: [JSONValue]
    /// Of all pages; nil when Komodo does not say.
    let total: Int?

    /// Reads `{items, total, …}` or a bare list; nil when it is neither.
    init?(_ content: JSONValue) {
        guard let items = content.array ?? content.field("items")?.array else { return nil }
        self.items = items
        total = content.field("total")?.int.flatMap { Int(exactly: $0) }
    }
}
