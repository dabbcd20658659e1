internal import Redaction

/// Quotes in messages what a server or a caller wrote: one plain line of bounded length.
enum Quote {
    /// The longest quote, in characters.
    static let lengthMax = 300
    /// Longer texts are cut before they are read.
    private static let scanBytesMax = 64 << 10

    /// A name, a state or another word that is no secret.
    static func word(_ text: String) -> String {
        let beginning = String(decoding: text.utf8.prefix(scanBytesMax), as: UTF8.self)
        return PlainText.singleLine(PlainText.strip(beginning), max: lengthMax)
    }

    /// What a server answered, perhaps with a web page.
    ///
    /// Secrets are masked before the text is cut, or half of one could stay.
    static func answer(_ text: String, redactor: Redactor) -> String {
        PlainText.singleLine(
            redactor.plain(text, as: .page, bytesMax: scanBytesMax), max: lengthMax)
    }

    /// What a server answered, from bytes that may be no text.
    static func answer(_ bytes: [UInt8], redactor: Redactor) -> String {
        // One byte more tells that there is more.
        answer(
            String(decoding: bytes.prefix(scanBytesMax + 1), as: UTF8.self), redactor: redactor)
    }
}
