/// Finds the name that was probably meant.
enum NearestName {
    private static let candidatesMax = 256
    private static let lengthMax = 64

    /// The one of `candidates` that differs from `name` the least; nil when none is near.
    ///
    /// Letter case and the characters `_`, `-` and space do not count as differences.
    ///
    /// - Complexity: O(n) in the number of candidates; long names are not compared.
    static func of(_ name: String, among candidates: [String]) -> String? {
        let wanted = simplified(name)
        guard !wanted.isEmpty, wanted.count <= lengthMax else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates.prefix(candidatesMax) {
            let other = simplified(candidate)
            guard !other.isEmpty, other.count <= lengthMax else { continue }
            let distance = distance(wanted, other)
            let near = max(1, max(wanted.count, other.count) / 3)
            guard distance <= near, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    private static func simplified(_ name: String) -> [Unicode.Scalar] {
        name.unicodeScalars.prefix(lengthMax + 1).filter { !["_", "-", " "].contains($0) }
            .flatMap { $0.properties.lowercaseMapping.unicodeScalars }
    }

    /// How many insertions, deletions, replacements and swaps of neighbours lie between.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in left.indices {
            var current = [row + 1]
            for column in right.indices {
                var cost = min(
                    last[column + 1] + 1, current[column] + 1,
                    last[column] + (left[row] == right[column] ? 0 : 1))
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
