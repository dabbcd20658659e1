extension SealedState {
    /// Base64 with the URL-safe alphabet and without padding (RFC 4648 §5).
    enum Base64URL {
        private static let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

        /// `bytes` as text.
        static func encoded(_ bytes: [UInt8]) -> String {
            var text: [UInt8] = []
            text.reserveCapacity(bytes.count * 4 / 3 + 3)
            var index = 0
            while index < bytes.count {
                let group = bytes[index..<min(index + 3, bytes.count)]
                var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                bits <<= UInt32(8 * (3 - group.count))
                for place in 0...group.count {
                    text.append(alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63])
                }
                index += 3
            }
            return String(decoding: text, as: UTF8.self)
        }

        /// The bytes of `text`; nil unless it is exactly what ``encoded(_:)`` makes of them.
        static func decoded(_ text: String) -> [UInt8]? {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.utf8.count * 3 / 4)
            var (bits, count): (UInt32, UInt32) = (0, 0)
            for byte in text.utf8 {
                guard let value = value(of: byte) else { return nil }
                bits = bits << 6 | value
                count += 6
                guard count >= 8 else { continue }
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
                bits &= (1 << count) - 1
            }
            // A single character left over encodes nothing; bits left over must be zero.
            return count < 6 && bits == 0 ? bytes : nil
        }

        private static func value(of byte: UInt8) -> UInt32? {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
            case UInt8(ascii: "-"): 62
            case UInt8(ascii: "_"): 63
            default: nil
            }
        }
    }
}
