/// Finds the names that somebody may have meant.
package enum NearestNames {
    /// The most names that are suggested.
    package static let countMax = 5
    /// Longer names are compared by their beginning.
    private static let lengthMax = 64

    /// The names nearest to `wanted`, best first.
    ///
    /// First come those that are equal but for case, separators or a slip of the keys, then those
    /// that begin with it, contain it or are contained in it, then those in which up to a third of
    /// its letters differ.
    ///
    /// - Complexity: O(n · m²) for n names of m characters, of which 64 count.
    package static func nearest(
        to wanted: String, among names: some Sequence<String>
    ) -> [String] {
        let needle = Array(folded(wanted).unicodeScalars.prefix(lengthMax))
        guard !needle.isEmpty else { return [] }
        let text = String(String.UnicodeScalarView(needle))
        let ranked = names.compactMap { name in
            rank(of: folded(name), needle: needle, text: text).map { (rank: $0, name: name) }
        }
        return ranked.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }
            .prefix(countMax).map(\.name)
    }

    /// Asks whether one of `names` was meant, to follow a sentence; empty when there is none.
    package static func question(_ names: some Collection<String>) -> String {
        names.isEmpty ? "" : " Did you mean \(names.joined(separator: ", "))?"
    }

    /// The name in lower case, with one separator for all.
    private static func folded(_ name: String) -> String {
        String(name.lowercased().map { $0 == "-" || $0 == "." || $0 == " " ? "_" : $0 })
    }

    /// Lower is nearer; nil is too far.
    private static func rank(of name: String, needle: [Unicode.Scalar], text: String) -> Int? {
        if name == text { return 0 }
        let candidate = Array(name.unicodeScalars.prefix(lengthMax))
        let distance = editDistance(needle, candidate, limit: distanceMax(needle.count))
        if let distance, distance <= typoMax { return distance }
        if name.hasPrefix(text) { return typoMax + 1 }
        if name.contains(text) { return typoMax + 2 }
        if candidate.count >= substringMin, text.contains(name) { return typoMax + 3 }
        return distance.map { typoMax + 3 + $0 }
    }

    /// Edits that count as a slip.
    private static let typoMax = 2
    /// Shorter names are contained in too much.
    private static let substringMin = 3

    /// The most edits in a name of `count` letters: less than half of a short one.
    private static func distanceMax(_ count: Int) -> Int {
        min(max(typoMax, count / 3), max(1, (count - 1) / 2))
    }

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
