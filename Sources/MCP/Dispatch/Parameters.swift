internal import JSON

extension JSONObject {
    /// The text under `key`.
    func requiredString(_ key: String) throws(RPCError) -> String {
        guard case .string(let text)? = self[key] else {
            throw RPCError.invalidParams("\"\(key)\" must be a string")
        }
        return text
    }

    /// The cursor of a list request; nil on the first page.
    func cursor() throws(RPCError) -> String? {
        switch self["cursor"] {
        case nil, .null: nil
        case .string(let text): text
        default: throw RPCError.invalidParams("\"cursor\" must be a string")
        }
    }
}

/// Pages of lists that a provider gives as a whole.
enum Pages {
    private static let prefix = "after-"

    /// The page of `listing` that begins at `cursor`.
    static func page<Item>(
        _ listing: Listing<Item>, at cursor: String?, size: Int
    ) throws(RPCError) -> Listing<Item> {
        let start = try start(cursor, count: listing.items.count)
        let end = min(start + max(1, size), listing.items.count)
        return Listing(
            Array(listing.items[start..<end]),
            nextCursor: end < listing.items.count ? "\(prefix)\(end)" : nil,
            cache: listing.cache)
    }

    private static func start(_ cursor: String?, count: Int) throws(RPCError) -> Int {
        guard let cursor else { return 0 }
        guard cursor.hasPrefix(prefix), let start = Int(cursor.dropFirst(prefix.count)),
            start > 0, start < count
        else { throw RPCError.invalidParams("the cursor is not from this list") }
        return start
    }
}
