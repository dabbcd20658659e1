/// Reads the text of a regular expression.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// Reads the whole text.
    mutating func parse() throws(PatternFault) -> PatternTree {
        let tree = try alternatives()
        guard next == nil else { throw PatternFault("has a ) that closes nothing") }
        return tree
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = text.unicodeScalars
        guard scalars[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }

    private mutating func alternatives() throws(PatternFault) -> PatternTree {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(PatternFault) -> PatternTree {
        var items: [PatternTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let item = try atom()
            items.append(try repeated(item))
        }
        return items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func atom() throws(PatternFault) -> PatternTree {
        guard let scalar = next else { return .empty }
        if scalar == "(" { return try group() }
        index += 1
        switch scalar {
        case "^": return .assertion(.start)
        case "$": return .assertion(.end)
        case ".": return .set(.anyInLine)
        case "[":
            var reader = PatternClassReader(scalars, at: index)
            let set = try reader.read()
            index = reader.index
            return .set(set)
        case "\\": return try escape()
        case "*", "+", "?": throw PatternFault("has a \(scalar) that repeats nothing")
        case "{" where startsCount(at: index):
            throw PatternFault("has a count in braces that repeats nothing")
        default: return .scalar(scalar.value)
        }
    }

    private mutating func group() throws(PatternFault) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= SchemaLimits.patternDepthMax else {
            throw PatternFault("nests more than \(SchemaLimits.patternDepthMax) groups")
        }
        let look = looks.first { take($0.opening) }
        if look == nil, !take("(?:"), !takeName() {
            guard !take("(?") else { throw PatternFault("has a group (?… that is not supported") }
            index += 1
        }
        let inner = try alternatives()
        guard take(")") else { throw PatternFault("has a ( that is not closed") }
        guard let look else { return inner }
        return .look(inner, isBehind: look.isBehind, isNegated: look.isNegated)
    }

    private let looks: [(opening: String, isBehind: Bool, isNegated: Bool)] = [
        ("(?=", false, false), ("(?!", false, true), ("(?<=", true, false), ("(?<!", true, true),
    ]

    /// Takes `(?<name>`; the name itself is of no use here.
    private mutating func takeName() -> Bool {
        let start = index
        guard take("(?<") else { return false }
        let first = index
        while let scalar = next, scalar.properties.isIDContinue || scalar == "$" { index += 1 }
        guard index > first, take(">") else {
            index = start
            return false
        }
        return true
    }

    private mutating func escape() throws(PatternFault) -> PatternTree {
        if take("b") { return .assertion(.wordBoundary) }
        if take("B") { return .assertion(.noWordBoundary) }
        if let scalar = next, ("1"..."9").contains(scalar) || scalar == "k" {
            throw PatternFault("has a back-reference \\\(scalar), which is not supported")
        }
        var reader = PatternEscapeReader(scalars, at: index)
        let escape = try reader.read()
        index = reader.index
        switch escape {
        case .scalar(let scalar): return .scalar(scalar)
        case .set(let set): return .set(set)
        }
    }

    private mutating func repeated(_ item: PatternTree) throws(PatternFault) -> PatternTree {
        guard let (min, max) = try quantifier() else { return item }
        // Whether it is lazy makes no difference to whether there is a match.
        _ = take("?")
        if case .assertion = item { throw PatternFault("repeats an assertion") }
        if case .look(_, isBehind: true, _) = item { throw PatternFault("repeats a look-behind") }
        if let max, max < min { throw PatternFault("has a count {\(min),\(max)} out of order") }
        guard Swift.max(min, max ?? 0) <= SchemaLimits.patternRepeatMax else {
            throw PatternFault("has a count above \(SchemaLimits.patternRepeatMax)")
        }
        return .repetition(item, min: min, max: max)
    }

    private mutating func quantifier() throws(PatternFault) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard next == "{", startsCount(at: index + 1) else { return nil }
        index += 1
        let min = number()
        var max: Int? = min
        if take(",") { max = next == "}" ? nil : number() }
        _ = take("}")
        return (min, max)
    }

    /// Whether `n}`, `n,}` or `n,m}` stands at `start`.
    private func startsCount(at start: Int) -> Bool {
        var position = start
        func skipDigits() -> Bool {
            let first = position
            while position < scalars.count, ("0"..."9").contains(scalars[position]) {
                position += 1
            }
            return position > first
        }
        guard skipDigits() else { return false }
        if position < scalars.count, scalars[position] == "," {
            position += 1
            _ = skipDigits()
        }
        return position < scalars.count && scalars[position] == "}"
    }

    /// Reads digits; a number too large stays above every limit.
    private mutating func number() -> Int {
        var value = 0
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min(value * 10 + Int(scalar.value - 0x30), 1_000_000_000)
            index += 1
        }
        return value
    }
}
