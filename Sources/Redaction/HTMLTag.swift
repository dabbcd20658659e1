/// The HTML tags that are taken out of logs and of web pages.
enum HTMLTag {
    /// The only names that count in a log, so that `vector<int>` and `a < b` stay.
    static let names: Set<String> = [
        "a", "b", "br", "code", "div", "em", "font", "hr", "i", "li", "ol", "p", "pre", "s",
        "small", "span", "strong", "sub", "sup", "u", "ul",
    ]

    /// The names that count in a page besides.
    private static let pageNames: Set<String> = [
        "address", "body", "center", "doctype", "h1", "h2", "h3", "h4", "h5", "h6", "head", "html",
        "link", "meta", "script", "style", "table", "tbody", "td", "th", "thead", "title", "tr",
    ]
    /// The names that part lines in a page.
    private static let blockNames = pageNames.union([
        "br", "div", "hr", "li", "ol", "p", "pre", "ul",
    ])
    /// The names whose content is nothing to read.
    private static let codeNames: Set<String> = ["script", "style"]

    private static let nameBytesMax = 7
    private static let tagBytesMax = 1_024

    /// What becomes of a `<` at `position`.
    ///
    /// The search for the end of a tag stops at the next `<`, which keeps it linear.
    static func change(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, as markup: PlainText.Markup
    ) -> PlainText.Change {
        let mark = position + 1 < bytes.count ? bytes[position + 1] : 0
        let isClosing = mark == UInt8(ascii: "/")
        let isDeclaration = mark == UInt8(ascii: "!") && markup == .page
        let nameStart = position + (isClosing || isDeclaration ? 2 : 1)
        var nameEnd = nameStart
        while nameEnd < bytes.count, nameEnd - nameStart <= nameBytesMax,
            bytes[nameEnd].isLetter || bytes[nameEnd].isDigit
        {
            nameEnd += 1
        }
        guard nameEnd > nameStart, nameEnd - nameStart <= nameBytesMax else { return .none }
        let name = String(decoding: bytes[nameStart..<nameEnd], as: UTF8.self).lowercased()
        guard counts(name, as: markup), let tagEnd = end(bytes, from: nameEnd) else { return .none }
        let hasCode = codeNames.contains(name) && !isClosing
        let end = hasCode ? endOfContent(bytes, from: tagEnd, of: name) : tagEnd
        return PlainText.Change(
            length: end - position,
            replacement: partsLines(name, as: markup) ? UInt8(ascii: "\n") : nil)
    }

    private static func counts(_ name: String, as markup: PlainText.Markup) -> Bool {
        switch markup {
        case .log: names.contains(name)
        case .page: names.contains(name) || pageNames.contains(name)
        }
    }

    private static func partsLines(_ name: String, as markup: PlainText.Markup) -> Bool {
        switch markup {
        case .log: name == "br"
        case .page: blockNames.contains(name)
        }
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

    /// Where the closing tag begins, or the end of the text.
    private static func endOfContent(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, of name: String
    ) -> Int {
        let closing = Array("</\(name)".utf8)
        var position = start
        while position + closing.count <= bytes.count {
            if closing.indices.allSatisfy({ bytes[position + $0].lowercased == closing[$0] }) {
                return position
            }
            position += 1
        }
        return bytes.count
    }
}
