/// Finds the names that somebody may have meant.
enum NearestNames {
    /// The most names that are suggested.
    static let countMax = 5
    /// Longer names are compared by their beginning.
    static let lengthMax = 64

    /// The names nearest to `wanted`, best first: equal but for case or a slip of the keys, beginning
    /// with it, containing it, contained in it, then by edit distance up to a third of its length.
    ///
    /// - Complexity: O(n · m²) for n names of m characters.
    static func nearest(to wanted: String, among names: some Sequence<String>) -> [String] {
        let needle = Array(wanted.lowercased().unicodeScalars.prefix(lengthMax))
        guard !needle.isEmpty else { return [] }
        let text = String(String.UnicodeScalarView(needle))
        let ranked = names.compactMap { name in
            rank(of: name, needle: needle, text: text).map { (rank: $0, name: name) }
        }
        return ranked.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
            .prefix(countMax).map(\.name)
    }

    /// Lower is nearer; nil is too far.
    private static func rank(of name: String, needle: [Unicode.Scalar], text: String) -> Int? {
        let lowered = name.lowercased()
        if lowered == text { return 0 }
        let candidate = Array(lowered.unicodeScalars.prefix(lengthMax))
        let distance = editDistance(needle, candidate, limit: max(2, needle.count / 3))
        if let distance, distance <= typoMax { return distance }
        if lowered.hasPrefix(text) { return typoMax + 1 }
        if lowered.contains(text) { return typoMax + 2 }
        if candidate.count >= substringMin, text.contains(lowered) { return typoMax + 3 }
        return distance.map { typoMax + 3 + $0 }
    }

    /// Edits that count as a slip.
    private static let typoMax = 2
    /// Shorter names are contained in too much.
    private static let substringMin = 3

    /// The edit distance with swaps of neighbours counted as one; nil beyond `limit`.
    static func editDistance(
        _ left: [Unicode.Scalar], _ right: [Unicode.Scalar], limit: Int
    ) -> Int? {
        guard abs(left.count - right.count) <= limit else { return nil }
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var older = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + [Int](repeating: 0, count: right.count)
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                var best = min(
                    previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2],
                    left[row - 2] == right[column - 1]
                {
                    best = min(best, older[column - 2] + 1)
                }
                current[column] = best
            }
            if (current.min() ?? 0) > limit { return nil }
            (older, previous) = (previous, current)
        }
        return previous[right.count] <= limit ? previous[right.count] : nil
    }
}
