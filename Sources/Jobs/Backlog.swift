/// What waits, in the order of its arrival; adding and taking cost the same however much it is.
package struct Backlog<Element> {
    private var elements: [Element] = []
    /// How many at the front were taken already.
    private var takenCount = 0

    package init() {}

    /// How many wait.
    package var count: Int { elements.count - takenCount }

    /// Adds at the end.
    package mutating func append(_ element: Element) { elements.append(element) }

    /// Takes up to `countMax` from the front.
    package mutating func take(_ countMax: Int) -> [Element] {
        let end = min(takenCount + countMax, elements.count)
        let group = Array(elements[takenCount..<end])
        takenCount = end
        if takenCount * 2 >= elements.count {
            // No more is moved than was taken since the last time.
            elements.removeFirst(takenCount)
            takenCount = 0
        }
        return group
    }
}

extension Backlog: Sendable where Element: Sendable {}
