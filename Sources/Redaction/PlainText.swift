/// Turns text that Komodo or a container produced into text that is safe to show.
package enum PlainText {
    /// The text without HTML tags, escape sequences, control characters and invisible characters.
    ///
    /// - Tags of the names in ``HTMLTag/names`` go, `<br>` becomes a line feed; anything else in
    ///   angle brackets stays. `&lt; &gt; &amp; &quot; &#39;` are decoded once. ``Markup/page``
    ///   says what goes besides.
    /// - CSI, OSC, DCS, SOS, PM, APC and two-byte escape sequences go, in their 7-bit and 8-bit
    ///   forms. One that never ends loses only its first bytes.
    /// - C0 and C1 control characters go, except line feed and tab. Carriage returns, with or
    ///   without a line feed, become one line feed: a terminal would overwrite the line, but what
    ///   was written must not be hidden.
    /// - Bidirectional controls, zero-width characters, variation selectors, tag characters and
    ///   fillers go; line and paragraph separators become line feeds.
    ///
    /// - Complexity: O(n) in the bytes of `text`.
    package static func strip(_ text: String, as markup: Markup = .log) -> String {
        var text = text
        var stripped = false
        var output: [UInt8] = []
        text.withUTF8 { bytes in
            guard let first = bytes.firstIndex(where: { isSpecial[Int($0)] }) else { return }
            stripped = true
            output.reserveCapacity(bytes.count)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[..<first]))
            strip(bytes, from: first, as: markup, into: &output)
        }
        return stripped ? String(decoding: output, as: UTF8.self) : text
    }

    /// The text on one line of at most `max` characters, for table cells and status messages.
    ///
    /// Runs of white space and control characters become one space, none at either end; a text
    /// that is too long ends in `…`.
    ///
    /// - Complexity: O(`max`), plus the white space that is left out.
    package static func singleLine(_ text: String, max: Int) -> String {
        guard max > 0 else { return "" }
        var line: [Character] = []
        var hasGap = false
        for character in text {
            if character.isWhitespace || character.isControl {
                hasGap = !line.isEmpty
                continue
            }
            if hasGap { line.append(" ") }
            hasGap = false
            line.append(character)
            if line.count > max {
                return String(line.prefix(max - 1)) + "…"
            }
        }
        return String(line)
    }

    /// For each byte, whether something that must go or change may begin there.
    private static let isSpecial: [Bool] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "\n"), UInt8(ascii: "\t"): false
        case 0..<0x20, 0x7F, UInt8(ascii: "<"), UInt8(ascii: "&"): true
        case let lead: InvisibleCharacter.leads.contains(lead)
        }
    }

    private static func strip(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, as markup: Markup,
        into output: inout [UInt8]
    ) {
        let special = isSpecial
        var position = start
        var runStart = start
        while position < bytes.count {
            guard special[Int(bytes[position])] else {
                position += 1
                continue
            }
            let change = change(bytes, at: position, as: markup)
            guard change.length > 0 else {
                position += 1
                continue
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[runStart..<position]))
            if let replacement = change.replacement { output.append(replacement) }
            position += change.length
            runStart = position
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[runStart..<position]))
    }

    /// So many bytes go, for one byte or none; a length of zero keeps them.
    struct Change {
        let length: Int
        var replacement: UInt8?

        static let none = Change(length: 0)
    }

    private static func change(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, as markup: Markup
    ) -> Change {
        switch bytes[position] {
        case UInt8(ascii: "<"): return HTMLTag.change(bytes, at: position, as: markup)
        case UInt8(ascii: "&"): return entity(bytes, at: position, as: markup)
        case UInt8(ascii: "\r"):
            var end = position + 1
            while end < bytes.count, bytes[end] == UInt8(ascii: "\r") { end += 1 }
            if end < bytes.count, bytes[end] == UInt8(ascii: "\n") { end += 1 }
            return Change(length: end - position, replacement: UInt8(ascii: "\n"))
        case 0x1B: return Change(length: EscapeSequence.length(bytes, at: position))
        case 0..<0x20, 0x7F: return Change(length: 1)
        default:
            if bytes[position] == 0xC2, position + 1 < bytes.count, bytes[position + 1] < 0xA0 {
                return Change(length: EscapeSequence.length(bytes, at: position))
            }
            return InvisibleCharacter.change(bytes, at: position)
        }
    }

    private static let entities: [(text: [UInt8], byte: UInt8)] = [
        (Array("&lt;".utf8), UInt8(ascii: "<")), (Array("&gt;".utf8), UInt8(ascii: ">")),
        (Array("&amp;".utf8), UInt8(ascii: "&")), (Array("&quot;".utf8), UInt8(ascii: "\"")),
        (Array("&#39;".utf8), UInt8(ascii: "'")), (Array("&#x27;".utf8), UInt8(ascii: "'")),
    ]

    private static let pageEntities = entities + [(Array("&nbsp;".utf8), UInt8(ascii: " "))]

    private static func entity(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int, as markup: Markup
    ) -> Change {
        let known = markup == .page ? pageEntities : entities
        for (text, byte) in known where bytes.has(text, at: position, isFinal: true) == true {
            return Change(length: text.count, replacement: byte)
        }
        return .none
    }

    /// What the markup in a text is like.
    package enum Markup: Sendable {
        /// A log, in which most of what looks like a tag is none.
        case log
        /// Perhaps a web page, such as the error page of a proxy: the tags of whole pages go too,
        /// scripts and styles with their content, tags of blocks become line feeds, and `&nbsp;`
        /// a space.
        case page
    }
}

extension Character {
    fileprivate var isControl: Bool {
        unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
    }
}
