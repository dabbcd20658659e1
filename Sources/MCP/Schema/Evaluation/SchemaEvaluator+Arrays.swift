internal import JSON

extension SchemaEvaluator {
    /// Checks `prefixItems` and `items`.
    mutating func checkElements(
        _ value: JSONValue, _ prefix: [Int], _ rest: Int?, _ marks: inout SchemaMarks
    ) -> Bool {
        guard case .array(let elements) = value else { return true }
        var holds = true
        for (index, element) in elements.enumerated() {
            guard let node = index < prefix.count ? prefix[index] : rest else { break }
            guard !conforms(element, at: .index(index), to: node) else { continue }
            holds = false
            if !isCollecting || isExhausted { break }
        }
        if rest == nil { marks.note(prefix: prefix.count) } else { marks.noteAll() }
        return holds
    }

    /// Checks `contains` with `minContains` and `maxContains`.
    mutating func checkContains(
        _ value: JSONValue, _ node: Int, _ min: Int, _ max: Int?, _ marks: inout SchemaMarks
    ) -> Bool {
        guard case .array(let elements) = value else { return true }
        var count = 0
        for (index, element) in elements.enumerated() {
            // More is not asked once it is certain, but for the notes.
            if !marks.isNoting, max == nil, count >= min { return true }
            guard quietly({ $0.conforms(element, at: .index(index), to: node) }) else { continue }
            count += 1
            marks.note(index)
        }
        if count < min {
            report(
                value, "contains",
                "must contain at least \(min) matching \(min == 1 ? "element" : "elements")",
                found: "\(count) among \(elements.count)")
            return false
        }
        guard let max, count > max else { return true }
        report(
            value, "maxContains",
            "must contain at most \(max) matching \(max == 1 ? "element" : "elements")",
            found: String(count))
        return false
    }

    /// Checks `uniqueItems`; tells the first pair alone.
    mutating func checkUnique(_ value: JSONValue) -> Bool {
        guard case .array(let elements) = value else { return true }
        var seen: [CanonicalValue: Int] = [:]
        for (index, element) in elements.enumerated() {
            var cost = 0
            let canonical = CanonicalValue(element, cost: &cost)
            charge(cost)
            guard !isExhausted else { return false }
            if let first = seen.updateValue(index, forKey: canonical) {
                report(
                    value, "uniqueItems", "must not contain the same element twice",
                    found: "\(Excerpt.of(element)) at positions \(first) and \(index)")
                return false
            }
        }
        return true
    }

    /// Checks the elements that nothing in `marks` covers.
    mutating func checkUnevaluatedItems(
        _ value: JSONValue, _ node: Int, _ marks: inout SchemaMarks
    ) -> Bool {
        guard case .array(let elements) = value else { return true }
        var holds = true
        for (index, element) in elements.enumerated() where !marks.has(index) {
            guard !conforms(element, at: .index(index), to: node) else { continue }
            holds = false
            if !isCollecting || isExhausted { break }
        }
        marks.noteAll()
        return holds
    }
}
