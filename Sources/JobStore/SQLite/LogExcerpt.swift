/// The line of a log that holds what was looked for.
enum LogExcerpt {
    /// How many characters are read before the place, and in all.
    static let before = 600
    static let around = 1_400
    /// The longest line that is shown, and how much of it stands before the place.
    private static let lengthMax = 300
    private static let lead = 100

    /// The letters A to Z made small, as `lower` does it in SQLite.
    static func lowered(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text.unicodeScalars.map(lowered))
        return String(scalars)
    }

    private static func lowered(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard ("A"..."Z").contains(scalar) else { return scalar }
        return Unicode.Scalar(UInt8(scalar.value) + 0x20)
    }

    /// The first line of `text` that holds `needle`, without the white space around it; of a long
    /// line the part that does, with an ellipsis where it was cut.
    static func line(_ text: String, holding needle: String) -> String {
        let sought = Array(needle.unicodeScalars)
        for line in Array(text.unicodeScalars).split(whereSeparator: { $0 == "\n" || $0 == "\r" }) {
            if let place = place(of: sought, in: line.map(lowered)) {
                return excerpt(Array(line), at: place)
            }
        }
        return ""
    }

    private static func place(of sought: [Unicode.Scalar], in line: [Unicode.Scalar]) -> Int? {
        guard line.count >= sought.count else { return nil }
        return (0...line.count - sought.count).first { line[$0...].starts(with: sought) }
    }

    private static func excerpt(_ line: [Unicode.Scalar], at place: Int) -> String {
        guard line.count > lengthMax else { return trimmed(line[...]) }
        let start = max(0, min(place - lead, line.count - lengthMax))
        let end = start + lengthMax
        return (start > 0 ? "…" : "") + trimmed(line[start..<end]) + (end < line.count ? "…" : "")
    }

    private static func trimmed(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var part = scalars.drop(while: \.properties.isWhitespace)
        while part.last?.properties.isWhitespace == true { part.removeLast() }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: part)
        return String(text)
    }
}
