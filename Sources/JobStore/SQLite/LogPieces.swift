/// The pieces of a job's logs that are put into the index one by one.
///
/// A text is cut at ends of lines. What is in the index is taken out by the same pieces, so they must
/// never be cut in another way.
struct LogPieces: Sendable {
    private let bytes: [UInt8]
    private let ranges: [Range<Int>]

    /// The most bytes of a piece; one takes some milliseconds of the write lock.
    private static let pieceBytesMax = 32 << 10
    /// What two pieces of one line have in common, so that a text between them is found.
    private static let overlapBytes = 1_024
    private static let newline: UInt8 = 0x0A

    /// - Parameter texts: those of the logs, in their order.
    init(_ texts: [String]) {
        bytes = Array(texts.joined(separator: "\n").utf8)
        ranges = Self.cut(bytes)
    }

    var count: Int { ranges.count }

    /// The text of a piece.
    subscript(number: Int) -> String { String(decoding: bytes[ranges[number]], as: UTF8.self) }

    private static func cut(_ bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            let (end, next) = cut(bytes, from: start)
            ranges.append(start..<end)
            start = next
        }
        return ranges
    }

    /// Where the piece ends that begins at `start`, and where the next one begins.
    private static func cut(_ bytes: [UInt8], from start: Int) -> (end: Int, next: Int) {
        let limit = start + pieceBytesMax
        guard limit < bytes.count else { return (bytes.count, bytes.count) }
        // Not so short that there would be too many.
        let half = start + pieceBytesMax / 2
        if let line = bytes[half..<limit].lastIndex(of: newline) { return (line + 1, line + 1) }
        return (boundary(bytes, limit), boundary(bytes, limit - overlapBytes))
    }

    /// The beginning of the character at `position`.
    private static func boundary(_ bytes: [UInt8], _ position: Int) -> Int {
        var position = position
        while bytes[position] & 0xC0 == 0x80 { position -= 1 }
        return position
    }
}
