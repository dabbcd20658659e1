/// The HTML tags that are taken out of logs.
enum HTMLTag {
    /// The only names that count, so that `vector<int>` and `a < b` stay.
    static let names: Set<String> = [
        "a", "b", "br", "code", "div", "em", "font", "hr", "i", "li", "ol", "p", "pre", "s",
        "small", "span", "strong", "sub", "sup", "u", "ul",
    ]

    private static let nameBytesMax = 6
    private static let tagBytesMax = 1_024

    /// What becomes of a `<` at `position`.
    ///
    /// The search for the end of a tag stops at the next `<`, which keeps it linear.
    static func change(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> PlainText.Change {
        var nameStart = position + 1
        if nameStart < bytes.count, bytes[nameStart] == UInt8(ascii: "/") { nameStart += 1 }
        var nameEnd = nameStart
        while nameEnd < bytes.count, nameEnd - nameStart <= nameBytesMax,
            bytes[nameEnd].isLetter
        {
            nameEnd += 1
        }
        guard nameEnd > nameStart, nameEnd - nameStart <= nameBytesMax else { return .none }
        let name = String(decoding: bytes[nameStart..<nameEnd], as: UTF8.self).lowercased()
        guard names.contains(name), let end = end(bytes, from: nameEnd) else { return .none }
        return PlainText.Change(
            length: end - position, replacement: name == "br" ? UInt8(ascii: "\n") : nil)
    }

    private static func end(_ bytes: UnsafeBufferPointer<UInt8>, from nameEnd: Int) -> Int? {
        guard nameEnd < bytes.count else { return nil }
        let first = bytes[nameEnd]
        guard first == UInt8(ascii: ">") || first == UInt8(ascii: "/") || first.isBlank else {
            return nil
        }
        let limit = min(bytes.count, nameEnd + tagBytesMax)
        for index in nameEnd..<limit {
            if bytes[index] == UInt8(ascii: ">") { return index + 1 }
            if bytes[index] == UInt8(ascii: "<") { return nil }
        }
        return nil
    }
}
