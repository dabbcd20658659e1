/// What is known about a secret value before its first byte is read.
struct ValueContext: Sendable {
    /// A quotation mark and how many backslashes stand before it, as in JSON inside JSON.
    struct Quote: Sendable, Equatable {
        let mark: UInt8
        let depth: Int
    }

    /// What the name before the value asks for.
    enum Kind: Sendable, Equatable {
        case value, line
        /// The word after `Bearer`, when it is long enough to be a token.
        case bearer
    }

    let kind: Kind
    let separator: UInt8
    /// The quotes around the name alone, as in `"name": …`.
    let nameQuote: Quote?
    /// The quote that opened right before the name and should close after the value.
    let enclosing: Quote?

    /// Blanks allowed between a name and its separator, and before a value.
    static let blanksMax = 64
    private static let nameBytesMax = 128
    private static let depthMax = 7
    private static let markupBytesMax = 24

    /// The context of a value whose separator is the last byte of `output`; nil when no name of a
    /// secret stands before it.
    init?(after output: [UInt8]) {
        guard let separator = output.last else { return nil }
        let isOption = separator == UInt8(ascii: " ")
        var end = output.count - 1
        if !isOption {
            // Go writes `name := value`.
            if separator == UInt8(ascii: "="), Self.byte(output, end - 1) == UInt8(ascii: ":") {
                end -= 1
            }
            end = Self.skipBlanks(output, end)
            if Self.byte(output, end - 1) == UInt8(ascii: "]") { end -= 1 }
        }
        end = Self.skipMarkup(output, end)
        nameQuote = Self.quote(output, end)
        if let nameQuote { end = Self.skipMarkup(output, end - 1 - nameQuote.depth) }
        var start = end
        while start > 0, end - start <= Self.nameBytesMax, ByteClass.name[Int(output[start - 1])] {
            start -= 1
        }
        guard start < end, end - start <= Self.nameBytesMax else { return nil }
        let name = output[start..<end]
        if isOption, !name.starts(with: "--".utf8) { return nil }
        switch SecretName.kind(of: name, isQuoted: nameQuote != nil) {
        case .value: kind = .value
        case .line: kind = separator == UInt8(ascii: ":") ? .line : .value
        case nil: return nil
        }
        self.separator = separator
        enclosing = nameQuote == nil ? Self.quote(output, start) : nil
    }

    /// The context of the word after `Bearer ` at the end of `output`.
    init(bearerAfter output: [UInt8]) {
        kind = .bearer
        separator = UInt8(ascii: " ")
        nameQuote = nil
        enclosing = nil
    }

    private static func byte(_ output: [UInt8], _ index: Int) -> UInt8? {
        output.indices.contains(index) ? output[index] : nil
    }

    private static func skipBlanks(_ output: [UInt8], _ end: Int) -> Int {
        var start = end
        while start > 0, end - start < blanksMax, output[start - 1].isBlank { start -= 1 }
        return start
    }

    /// The quote that ends right before `end`.
    private static func quote(_ output: [UInt8], _ end: Int) -> Quote? {
        guard let mark = byte(output, end - 1), mark.isQuote else { return nil }
        var depth = 0
        while depth < depthMax, byte(output, end - 2 - depth) == UInt8(ascii: "\\") { depth += 1 }
        return Quote(mark: mark, depth: depth)
    }

    /// Leaves out a colour sequence or closing HTML tag between a name and its separator.
    private static func skipMarkup(_ output: [UInt8], _ end: Int) -> Int {
        guard let last = byte(output, end - 1) else { return end }
        let opening: UInt8
        switch last {
        case UInt8(ascii: "m"): opening = 0x1B
        case UInt8(ascii: ">"): opening = UInt8(ascii: "<")
        default: return end
        }
        var start = end - 2
        while start >= 0, end - start <= markupBytesMax {
            let current = output[start]
            if current == opening { return start }
            let isInside =
                opening == 0x1B
                ? current.isDigit || current == UInt8(ascii: ";") || current == UInt8(ascii: "[")
                : current.isLetter || current == UInt8(ascii: "/")
            if !isInside { return end }
            start -= 1
        }
        return end
    }
}
