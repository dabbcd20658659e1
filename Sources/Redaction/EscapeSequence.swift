/// Terminal escape sequences (ECMA-48), which may colour, move, rename, link and copy.
enum EscapeSequence {
    private static let escape: UInt8 = 0x1B
    private static let bell: UInt8 = 0x07
    private static let stringBytesMax = 65_536
    private static let parameterBytesMax = 256

    /// How many bytes the sequence at `position` has, at least its introducer.
    ///
    /// The introducer is ESC or a C1 control character in UTF-8. A string that meets another
    /// introducer or no end within 64 KiB is no string: only its introducer goes. Either way
    /// no byte is searched twice.
    static func length(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Int {
        guard position + 1 < bytes.count else { return 1 }
        let isSevenBit = bytes[position] == escape
        let kind = isSevenBit ? bytes[position + 1] : bytes[position + 1] - 0x40
        let start = position + 2
        switch kind {
        case UInt8(ascii: "["):
            return endOfControl(bytes, from: start) - position
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
            UInt8(ascii: "_"):
            let mayEndInBell = kind == UInt8(ascii: "]")
            return (endOfString(bytes, from: start, mayEndInBell) ?? start) - position
        default:
            guard isSevenBit else { return 2 }
            return endOfShort(bytes, from: position + 1) - position
        }
    }

    /// After the parameters, intermediates and final byte of a control sequence.
    private static func endOfControl(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        let limit = min(bytes.count, start + parameterBytesMax)
        while end < limit, (0x20...0x3F).contains(bytes[end]) { end += 1 }
        if end < bytes.count, (0x40...0x7E).contains(bytes[end]) { end += 1 }
        return end
    }

    /// After ST or BEL, or nil when the string does not end.
    private static func endOfString(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ mayEndInBell: Bool
    ) -> Int? {
        let limit = min(bytes.count, start + stringBytesMax)
        for index in start..<max(start, limit) {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch bytes[index] {
            case bell where mayEndInBell: return index + 1
            case escape: return next == UInt8(ascii: "\\") ? index + 2 : nil
            case 0xC2 where next == 0x9C: return index + 2
            case 0xC2 where (0x80..<0xA0).contains(next): return nil
            default: continue
            }
        }
        return nil
    }

    /// After the intermediates and final byte of a short sequence such as `ESC ( B`.
    private static func endOfShort(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var end = start
        let limit = min(bytes.count, start + 3)
        while end < limit, (0x20...0x2F).contains(bytes[end]) { end += 1 }
        if end < bytes.count, (0x30...0x7E).contains(bytes[end]) { end += 1 }
        return end
    }
}
