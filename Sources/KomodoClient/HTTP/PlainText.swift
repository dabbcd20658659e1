/// Turns what a server wrote into text for people: no markup, no control characters, bounded.
enum PlainText {
    /// The longest text that is quoted in a message.
    static let quoteMax = 300
    /// Longest text that is looked at for a quote.
    private static let scanMax = 16_384
    /// Longest thing that counts as a tag.
    private static let tagMax = 500

    /// One line of at most ``quoteMax`` characters.
    static func quote(_ text: String) -> String {
        let plain = withoutMarkup(String(decoding: text.utf8.prefix(scanMax), as: UTF8.self))
        let line = plain.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard line.count > quoteMax else { return line }
        return line.prefix(quoteMax - 1) + "…"
    }

    /// One line of at most ``quoteMax`` characters from bytes that may be no text.
    static func quote(_ bytes: [UInt8]) -> String {
        quote(String(decoding: bytes.prefix(scanMax), as: UTF8.self))
    }

    /// The text without the tags of web pages, scripts, styles, terminal colours and control
    /// characters; lines stay, and what merely looks like a tag, as in `Vec<String>`, too.
    ///
    /// - Complexity: O(n) in the length of the text.
    static func withoutMarkup(_ text: String) -> String {
        var reader = Reader(rest: text.unicodeScalars[...])
        var plain = String.UnicodeScalarView()
        while let scalar = reader.rest.first {
            switch scalar {
            case "<":
                guard let tag = reader.skipTag() else {
                    plain.append(reader.take(scalar))
                    continue
                }
                if tag == .block { plain.append("\n") }
            case "&": plain.append(reader.takeEntity())
            case "\u{1B}": reader.skipEscape()
            case "\n", "\t": plain.append(reader.take(scalar))
            default:
                let taken = reader.take(scalar)
                if !isControl(taken) { plain.append(taken) }
            }
        }
        return String(plain)
    }

    /// What a tag does to the text around it.
    private enum Tag { case inline, block }

    private static let inlineTags: Set<String> = [
        "a", "b", "code", "em", "font", "i", "small", "span", "strong", "u",
    ]
    private static let blockTags: Set<String> = [
        "address", "body", "br", "center", "div", "doctype", "h", "head", "hr", "html", "li",
        "link", "meta", "ol", "p", "pre", "script", "style", "table", "td", "th", "title", "tr",
        "ul",
    ]

    /// Control characters and those that change the direction of text.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private struct Reader {
        var rest: Substring.UnicodeScalarView

        mutating func take(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
            rest = rest.dropFirst()
            return scalar
        }

        /// Skips a tag, and the content of scripts and styles with it; nil when there is none.
        mutating func skipTag() -> Tag? {
            var body = rest.dropFirst()
            let isClosing = body.first == "/"
            if isClosing || body.first == "!" { body = body.dropFirst() }
            let name = String(body.prefix { $0.isASCII && $0.properties.isAlphabetic }).lowercased()
            let isInline = PlainText.inlineTags.contains(name)
            guard isInline || PlainText.blockTags.contains(name),
                let end = body.prefix(PlainText.tagMax).firstIndex(of: ">")
            else { return nil }
            rest = body[body.index(after: end)...]
            if !isClosing, name == "script" || name == "style" { skip(to: "</" + name) }
            return isInline ? .inline : .block
        }

        private mutating func skip(to closing: String) {
            let mark = Array(closing.unicodeScalars)
            while !rest.isEmpty {
                let isClosing = zip(rest, mark).allSatisfy {
                    $0.properties.lowercaseMapping == String($1)
                }
                if isClosing { return }
                rest = rest.dropFirst()
            }
        }

        mutating func takeEntity() -> Unicode.Scalar {
            for (name, scalar) in Self.entities where rest.starts(with: name.unicodeScalars) {
                rest = rest.dropFirst(name.unicodeScalars.count)
                return scalar
            }
            return take("&")
        }

        /// Skips a terminal sequence: `ESC [ … letter`, or ESC alone.
        mutating func skipEscape() {
            rest = rest.dropFirst()
            guard rest.first == "[" else { return }
            rest = rest.dropFirst().drop { (0x20..<0x40).contains($0.value) }.dropFirst()
        }

        private static let entities: [(String, Unicode.Scalar)] = [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
            ("&nbsp;", " "),
        ]
    }
}
