/// Reads a class such as `[^a-z\d]` in a regular expression.
struct PatternClassReader {
    private let scalars: [Unicode.Scalar]
    private(set) var index: Int

    /// Reads from `index`, the place after the opening bracket.
    init(_ scalars: [Unicode.Scalar], at index: Int) {
        self.scalars = scalars
        self.index = index
    }

    /// Reads up to the closing bracket and moves behind it.
    mutating func read() throws(PatternFault) -> ScalarSet {
        var set = ScalarSet()
        if take("^") { set.isNegated = true }
        while !take("]") {
            let first = try item()
            guard isRangeNext else {
                insert(first, into: &set)
                continue
            }
            index += 1
            guard case .scalar(let low) = first, case .scalar(let high) = try item(), low <= high
            else { throw PatternFault("has a range in brackets that is none") }
            set.insert(low...high)
        }
        return set
    }

    /// Whether a `-` follows that is not the last character of the class.
    private var isRangeNext: Bool {
        index + 1 < scalars.count && scalars[index] == "-" && scalars[index + 1] != "]"
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard index < scalars.count, scalars[index] == scalar else { return false }
        index += 1
        return true
    }

    private mutating func item() throws(PatternFault) -> PatternEscapeReader.Escape {
        guard index < scalars.count else { throw PatternFault("has a [ that is not closed") }
        let scalar = scalars[index]
        index += 1
        guard scalar == "\\" else { return .scalar(scalar.value) }
        if take("b") { return .scalar(0x08) }
        var reader = PatternEscapeReader(scalars, at: index)
        let escape = try reader.read()
        index = reader.index
        return escape
    }

    private func insert(_ item: PatternEscapeReader.Escape, into set: inout ScalarSet) {
        switch item {
        case .scalar(let scalar): set.insert(scalar...scalar)
        case .set(let other): set.insert(other)
        }
    }
}
