/// Finds the word that was probably meant.
package enum EditDistance {
    private static let lettersMax = 64

    /// The candidate nearest to `word`, if fewer than half of its letters differ.
    ///
    /// - Complexity: O(candidates × letters²), letters at most 64.
    package static func nearest(_ word: String, in candidates: [String]) -> String? {
        let spelled = String(word.lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
        guard spelled.count <= lettersMax else { return nil }
        let best =
            candidates
            .map { (candidate: $0, distance: distance(spelled, $0)) }
            .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }
        guard let best, best.distance * 2 < max(spelled.count, 3) else { return nil }
        return best.candidate
    }

    /// Insertions, deletions and replacements that lead from one word to the other.
    private static func distance(_ from: String, _ to: String) -> Int {
        let from = Array(from)
        let to = Array(to)
        var previous = Array(0...to.count)
        for (row, letter) in from.enumerated() {
            var current = [row + 1]
            for (column, other) in to.enumerated() {
                let replaced = previous[column] + (letter == other ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[to.count]
    }
}
