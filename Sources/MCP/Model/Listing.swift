/// A list, or one page of it, with the hint for caches.
package struct Listing<Item: Sendable>: Sendable {
    package var items: [Item]
    /// Where the next page begins; nil on the last one.
    ///
    /// Opaque to the client.
    package var nextCursor: String?
    package var cache: CacheHint

    package init(_ items: [Item], nextCursor: String? = nil, cache: CacheHint = .none) {
        self.items = items
        self.nextCursor = nextCursor
        self.cache = cache
    }
}
