/// Reads what follows a backslash in a regular expression.
struct PatternEscapeReader {
    /// What an escape stands for.
    enum Escape {
        case scalar(UInt32)
        case set(ScalarSet)
    }

    private let scalars: [Unicode.Scalar]
    private(set) var index: Int

    /// Reads from `index`, the place after the backslash.
    init(_ scalars: [Unicode.Scalar], at index: Int) {
        self.scalars = scalars
        self.index = index
    }

    /// Reads one escape and moves behind it.
    mutating func read() throws(PatternFault) -> Escape {
        guard index < scalars.count else { throw PatternFault("ends with a backslash") }
        let letter = scalars[index]
        index += 1
        if let set = ScalarSet.escape(letter) { return .set(set) }
        switch letter {
        case "f": return .scalar(0x0C)
        case "n": return .scalar(0x0A)
        case "r": return .scalar(0x0D)
        case "t": return .scalar(0x09)
        case "v": return .scalar(0x0B)
        case "0":
            guard !(index < scalars.count && ("0"..."9").contains(scalars[index])) else {
                throw PatternFault("has an octal escape, which is not supported")
            }
            return .scalar(0)
        case "c": return .scalar(try control())
        case "x": return .scalar(try hex(digits: 2, after: letter))
        case "u": return .scalar(try unicode())
        case "p", "P": return .set(try property(isNegated: letter == "P"))
        default:
            guard letter.isASCII, !letter.properties.isAlphabetic, !("0"..."9").contains(letter)
            else { throw PatternFault("has the unknown escape \\\(letter)") }
            return .scalar(letter.value)
        }
    }

    private mutating func control() throws(PatternFault) -> UInt32 {
        guard index < scalars.count, scalars[index].isASCII,
            scalars[index].properties.isAlphabetic
        else { throw PatternFault("has a \\c without a letter") }
        defer { index += 1 }
        return scalars[index].value % 32
    }

    private mutating func unicode() throws(PatternFault) -> UInt32 {
        if index < scalars.count, scalars[index] == "{" {
            let inner = try braced(after: "u")
            guard let value = UInt32(inner, radix: 16), value <= 0x10FFFF,
                inner.allSatisfy(\.isHexDigit)
            else { throw PatternFault("has a \\u{…} that is no code point") }
            return value
        }
        let high = try hex(digits: 4, after: "u")
        guard (0xD800..<0xDC00).contains(high), index + 1 < scalars.count,
            scalars[index] == "\\", scalars[index + 1] == "u"
        else { return high }
        let start = index
        index += 2
        // Not the second half of a pair: the first one stands alone.
        guard let low = try? hex(digits: 4, after: "u"), (0xDC00..<0xE000).contains(low) else {
            index = start
            return high
        }
        return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    }

    private mutating func property(isNegated: Bool) throws(PatternFault) -> ScalarSet {
        let name = try braced(after: isNegated ? "P" : "p")
        guard let property = UnicodeProperty(name: name) else {
            throw PatternFault("has the property \\p{\(name)}, which is not supported")
        }
        return ScalarSet(property, isNegated: isNegated)
    }

    private mutating func braced(after letter: Unicode.Scalar) throws(PatternFault) -> String {
        guard index < scalars.count, scalars[index] == "{",
            let end = scalars[index...].firstIndex(of: "}")
        else { throw PatternFault("has a \\\(letter) without braces") }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[(index + 1)..<end])
        index = end + 1
        return String(text)
    }

    private mutating func hex(
        digits: Int, after letter: Unicode.Scalar
    ) throws(PatternFault) -> UInt32 {
        var value: UInt32 = 0
        for offset in index..<index + digits {
            guard offset < scalars.count, scalars[offset].isASCII,
                let digit = Character(scalars[offset]).hexDigitValue
            else { throw PatternFault("has a \\\(letter) without \(digits) hexadecimal digits") }
            value = value << 4 | UInt32(digit)
        }
        index += digits
        return value
    }
}
