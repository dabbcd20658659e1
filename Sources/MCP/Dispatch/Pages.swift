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
