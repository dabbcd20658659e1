/// Whether polls may be rare because Komodo tells of its updates by itself.
struct FeedTrust: Sendable, Hashable {
    private var isOpen = false
    /// Whether it is open and has missed nothing.
    private(set) var isTrusted = false

    /// It has begun.
    mutating func open() {
        isOpen = true
        isTrusted = true
    }

    /// It has ended.
    mutating func close() {
        isOpen = false
        isTrusted = false
    }

    /// It did not tell something that it should have.
    mutating func doubt() {
        isTrusted = false
    }

    /// It has told of one of our updates.
    mutating func prove() {
        isTrusted = isOpen
    }
}
