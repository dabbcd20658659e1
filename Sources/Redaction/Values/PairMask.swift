/// Masks values in running text whose names are likely to be those of secrets, as in `dbPass=…` and
/// `"dbPass":"…"`, beyond the names that the redactor is sure of.
enum PairMask {
    private static let blanksMax = 8
    private static let nameMax = 128

    /// `text` with such values replaced.
    static func mask(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var copied = 0
        for index in bytes.indices
        where bytes[index] == UInt8(ascii: "=") || bytes[index] == UInt8(ascii: ":") {
            guard index >= copied, let name = name(in: bytes, before: index),
                let value = value(in: bytes, after: index, name), isSecret(bytes, name, value)
            else { continue }
            result += bytes[copied..<value.lowerBound]
            // A bare word would make JSON invalid.
            let quote = name.isQuoted && bytes[value.lowerBound].isDigit ? name.quote : []
            result += quote + Array(Redactor.replacement.utf8) + quote
            copied = value.upperBound
        }
        guard copied > 0 else { return text }
        return String(decoding: result + bytes[copied...], as: UTF8.self)
    }

    /// A name, and the quotation mark behind it with its backslashes.
    private struct Name {
        let range: Range<Int>
        let quote: [UInt8]
        var isQuoted: Bool { !quote.isEmpty }
    }

    private static func name(in bytes: [UInt8], before index: Int) -> Name? {
        var end = index
        while end > 0, index - end < blanksMax, bytes[end - 1].isBlank { end -= 1 }
        var quote: [UInt8] = []
        if end > 0, bytes[end - 1].isQuote {
            quote = [bytes[end - 1]]
            end -= 1
            while end > 0, quote.count < blanksMax, bytes[end - 1] == UInt8(ascii: "\\") {
                quote.insert(bytes[end - 1], at: 0)
                end -= 1
            }
        }
        var start = end
        while start > 0, end - start < nameMax, ByteClass.name[Int(bytes[start - 1])] { start -= 1 }
        return start < end ? Name(range: start..<end, quote: quote) : nil
    }

    private static func value(in bytes: [UInt8], after index: Int, _ name: Name) -> Range<Int>? {
        var start = index + 1
        while start < bytes.count, start - index <= blanksMax, bytes[start].isBlank { start += 1 }
        // `name:value` without a blank is an address, such as an image with its tag.
        let isApart = start > index + 1 || bytes[index] == UInt8(ascii: "=") || name.isQuoted
        guard isApart, start < bytes.count else { return nil }
        while start < bytes.count, bytes[start] == UInt8(ascii: "\\") { start += 1 }
        guard start < bytes.count else { return nil }
        let mark = bytes[start].isQuote ? bytes[start] : nil
        if mark != nil { start += 1 }
        let rest = bytes[start...]
        let value =
            mark.map { mark in
                rest.prefix { $0 != mark && $0 != UInt8(ascii: "\\") && !$0.isNewline }
            } ?? rest.prefix { !" \t\r\n\"'`,;&)]}<>\\".utf8.contains($0) }
        guard !value.isEmpty, !value.elementsEqual(Redactor.replacement.utf8.dropLast()),
            !value.starts(with: Redactor.replacement.utf8)
        else { return nil }
        return value.startIndex..<value.endIndex
    }

    private static func isSecret(_ bytes: [UInt8], _ name: Name, _ value: Range<Int>) -> Bool {
        LikelySecret.isLikely(
            name: String(decoding: bytes[name.range], as: UTF8.self),
            value: String(decoding: bytes[value], as: UTF8.self))
    }
}
