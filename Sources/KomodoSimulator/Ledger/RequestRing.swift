/// The newest elements of an endless sequence.
struct RequestRing<Element: Sendable>: Sendable {
    private var elements: [Element] = []
    private var next = 0

    /// Elements that are kept.
    static var capacity: Int { 200_000 }

    /// Adds one element, forgetting the oldest when there are too many.
    mutating func append(_ element: Element) {
        guard elements.count >= Self.capacity else {
            elements.append(element)
            return
        }
        elements[next] = element
        next = (next + 1) % Self.capacity
    }

    /// The elements, oldest first.
    var ordered: [Element] {
        Array(elements[next...] + elements[..<next])
    }
}
