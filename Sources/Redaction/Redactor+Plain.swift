extension Redactor {
    /// The text without markup, control characters and secrets, safe to store and to show.
    ///
    /// - Parameter bytesMax: Of a longer text only the beginning is read; a secret that this cuts
    ///   in two is left out.
    /// - Complexity: O(n) in the bytes that are read.
    package func plain(
        _ text: String, as markup: PlainText.Markup = .log, bytesMax: Int = .max
    ) -> String {
        // Markup goes first, or a tag inside a secret would hide it from the rules.
        guard text.utf8.count > bytesMax else { return redact(PlainText.strip(text, as: markup)) }
        let beginning = String(decoding: text.utf8.prefix(bytesMax), as: UTF8.self)
        // A stream that is never finished keeps back what the cut leaves undecided.
        var open = stream()
        return open.append(PlainText.strip(beginning, as: markup))
    }
}
