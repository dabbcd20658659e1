internal import Redaction

/// Texts that came from elsewhere, made short.
enum BoundedText {
    /// The most bytes of logs in one result as JSON: it is sent twice, and some logs have
    /// little more than two bytes to a token.
    static let logBytesMax = 40_000
    /// The most bytes of output that a job's own result quotes.
    static let quoteBytesMax = 4_000
    /// The most characters of an error message.
    static let messageMax = 800

    /// The text without markup, on one line of at most `max` characters.
    static func line(_ text: String, max: Int = messageMax) -> String {
        PlainText.singleLine(PlainText.strip(text), max: max)
    }

    /// The end of `text` in at most `max` bytes, from the beginning of a line where there is one.
    static func tail(_ text: String, max: Int = quoteBytesMax) -> String {
        let bytes = text.utf8
        guard bytes.count > max else { return text }
        let cut = bytes.suffix(max)
        let start =
            cut.dropLast().firstIndex(of: UInt8(ascii: "\n")).map { cut.index(after: $0) }
            ?? firstCharacter(in: cut)
        return "… " + String(decoding: cut[start...], as: UTF8.self)
    }

    /// The beginning of `text` in at most `max` bytes, cut between characters.
    static func head(_ text: String, max: Int) -> String {
        let count = text.utf8.count
        guard count > max else { return text }
        return cut(text, max) + "… (\(count) bytes in this line)"
    }

    /// The beginning of `text` in at most `max` bytes, cut between characters.
    static func beginning(_ text: String, max: Int) -> String {
        text.utf8.count > max ? cut(text, max) + " …" : text
    }

    private static func cut(_ text: String, _ max: Int) -> String {
        let bytes = text.utf8
        var end = bytes.index(bytes.startIndex, offsetBy: max)
        while end > bytes.startIndex, isContinuation(bytes[end]) { bytes.formIndex(before: &end) }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    private static func firstCharacter(
        in bytes: Substring.UTF8View
    ) -> Substring.UTF8View.Index {
        bytes.firstIndex { !isContinuation($0) } ?? bytes.endIndex
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
