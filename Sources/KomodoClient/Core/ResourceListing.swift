internal import JSON
internal import Jobs

/// The names and ids of all resources of one type that the key may see.
struct ResourceListing: Sendable {
    private let idsByName: [String: String]
    private let namesByID: [String: String]
    /// On the client's own clock.
    let fetchedAt: Duration

    /// Reads the answer of a list request: a bare array, in other versions of the API an object
    /// with `items`; nil when it is neither.
    init?(decoding value: JSONValue, fetchedAt: Duration) {
        guard let items = value.array ?? value["items"]?.array else { return nil }
        var idsByName: [String: String] = [:]
        var namesByID: [String: String] = [:]
        for item in items {
            guard let name = item["name"]?.string,
                let id = (item["id"] ?? item["_id"])?.objectID
            else { continue }
            idsByName[name] = id
            namesByID[id] = name
        }
        self.idsByName = idsByName
        self.namesByID = namesByID
        self.fetchedAt = fetchedAt
    }

    /// The resource called `nameOrID`, else the one with that id.
    func target(_ type: TargetType, _ nameOrID: String) -> Target? {
        if let id = idsByName[nameOrID] { return Target(type: type, id: id, name: nameOrID) }
        let id = nameOrID.lowercased()
        return namesByID[id].map { Target(type: type, id: id, name: $0) }
    }

    /// The error for a name that is not here.
    func notFound(_ type: TargetType, _ nameOrID: String) -> KomodoError {
        let nearest = NearestNames.nearest(to: nameOrID, among: idsByName.keys)
        let wanted = Quote.word(nameOrID)
        let message = "Komodo has no \(type.word) '\(wanted)' that this key may see."
        return KomodoError(.notFound, message, suggestions: nearest)
    }
}
