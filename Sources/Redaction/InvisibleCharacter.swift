/// Characters that show nothing and can hide or reorder text, by their UTF-8 bytes.
enum InvisibleCharacter {
    /// The ranges of scalars that go.
    private static let ranges: [ClosedRange<UInt32>] = [
        0xAD...0xAD,  // soft hyphen
        0x34F...0x34F,  // combining grapheme joiner
        0x61C...0x61C,  // Arabic letter mark
        0x115F...0x1160, 0x3164...0x3164, 0xFFA0...0xFFA0,  // Hangul fillers
        0x17B4...0x17B5,  // Khmer inherent vowels
        0x180B...0x180F,  // Mongolian selectors
        0x200B...0x200F,  // zero width, direction marks
        0x202A...0x202E,  // bidirectional embeddings and overrides
        0x2060...0x206F,  // joiners, invisible operators, isolates
        0xFE00...0xFE0F,  // variation selectors
        0xFEFF...0xFEFF,  // byte order mark
        0xFFF9...0xFFFB,  // interlinear annotations
        0x1BCA0...0x1BCA3, 0x1D173...0x1D17A,  // shorthand and musical formatting
        0xE0000...0xE0FFF,  // tags, more variation selectors
    ]

    private static let lineSeparators: ClosedRange<UInt32> = 0x2028...0x2029

    /// The first bytes of these characters, and of the C1 control characters.
    static let leads: Set<UInt8> = {
        var leads: Set<UInt8> = [0xC2]
        for range in ranges + [lineSeparators] {
            for bound in [range.lowerBound, range.upperBound] {
                guard let scalar = Unicode.Scalar(bound) else { continue }
                leads.insert(Array(String(scalar).utf8)[0])
            }
        }
        return leads
    }()

    /// What becomes of the character at `position`.
    static func change(
        _ bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> PlainText.Change {
        let lead = bytes[position]
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard position + length <= bytes.count else { return .none }
        var value = UInt32(lead & (0xFF >> UInt8(length + 1)))
        for index in position + 1..<position + length {
            value = value << 6 | UInt32(bytes[index] & 0x3F)
        }
        if lineSeparators.contains(value) {
            return PlainText.Change(length: length, replacement: UInt8(ascii: "\n"))
        }
        return ranges.contains { $0.contains(value) } ? PlainText.Change(length: length) : .none
    }
}
