/// A set of Unicode scalars, as `[a-z]`, `\d` or `\p{L}` describe one.
struct ScalarSet: Sendable {
    private var ranges: [ClosedRange<UInt32>] = []
    private var properties: [(property: UnicodeProperty, isNegated: Bool)] = []
    var isNegated = false

    /// The scalars in `ranges`, or all others.
    init(_ ranges: [ClosedRange<UInt32>] = [], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    /// The scalars with `property`, or all others.
    init(_ property: UnicodeProperty, isNegated: Bool) {
        properties = [(property, isNegated)]
    }

    /// Adds a range.
    mutating func insert(_ range: ClosedRange<UInt32>) {
        ranges.append(range)
    }

    /// Adds what `other` contains.
    mutating func insert(_ other: ScalarSet) {
        if other.isNegated {
            // Only the sets of single letters (`\D`) are inserted, and those have ranges alone.
            ranges += other.complement
        } else {
            ranges += other.ranges
            properties += other.properties
        }
    }

    /// The same set with its ranges in order and joined, for ``contains(_:)``.
    func normalized() -> ScalarSet {
        var set = self
        set.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = set.ranges.last, range.lowerBound <= last.upperBound {
                let upper = max(last.upperBound, range.upperBound)
                set.ranges[set.ranges.count - 1] = last.lowerBound...upper
            } else {
                set.ranges.append(range)
            }
        }
        return set
    }

    /// Whether `scalar` is in the set; the ranges must be normalized.
    ///
    /// - Complexity: O(log n) in the number of ranges, O(m) in the number of properties.
    func contains(_ scalar: UInt32) -> Bool {
        holds(scalar) != isNegated
    }

    private func holds(_ scalar: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        if low < ranges.count, ranges[low].contains(scalar) { return true }
        guard !properties.isEmpty, let scalar = Unicode.Scalar(scalar) else { return false }
        return properties.contains { $0.property.holds(for: scalar) != $0.isNegated }
    }

    private var complement: [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in normalized().ranges {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
        return gaps
    }
}

extension ScalarSet {
    /// `\d`: the ASCII digits.
    static let digits = ScalarSet([0x30...0x39])
    /// `\w`: ASCII letters, digits and `_`.
    static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// `\s`: white space and line ends as ECMA-262 has them.
    static let space = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A,
        0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    /// `.`: all but the line ends.
    static let anyInLine = ScalarSet(
        [0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029], isNegated: true)

    /// The set that an escape such as `\d` or `\S` stands for; nil for other letters.
    static func escape(_ letter: Unicode.Scalar) -> ScalarSet? {
        var set: ScalarSet
        switch letter {
        case "d", "D": set = digits
        case "w", "W": set = word
        case "s", "S": set = space
        default: return nil
        }
        set.isNegated = letter.properties.isUppercase
        return set
    }
}
