/// The percent-encoding of URIs (RFC 3986 §2.1).
enum PercentEncoding {
    /// `text` with its encoded bytes in clear.
    ///
    /// - Returns: nil when a `%` is not followed by two hexadecimal digits, or when the bytes are
    ///   not UTF-8.
    static func decoded(_ text: String) -> String? {
        decoded(Array(text.utf8)[...])
    }

    /// `bytes` with the encoded ones in clear, as a text.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "%") else {
                plain.append(bytes[index])
                index += 1
                continue
            }
            guard index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            else { return nil }
            plain.append(high << 4 | low)
            index += 3
        }
        return String(validating: plain, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// What stays as it is when a text is encoded.
    enum Kept: Sendable {
        /// Letters, digits and `-._~`.
        case unreserved
        /// These, the delimiters of URIs, and what is encoded already.
        case reserved
    }

    /// `text` with all but the kept characters encoded.
    static func encoded(_ text: String, keeping kept: Kept) -> String {
        let bytes = Array(text.utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            if byte.isASCIILetter || byte.isASCIIDigit || "-._~".utf8.contains(byte) {
                encoded.append(byte)
            } else if kept == .reserved, isReserved(byte) || isEncoded(bytes, at: index) {
                encoded.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isReserved(_ byte: UInt8) -> Bool {
        ":/?#[]@!$&'()*+,;=".utf8.contains(byte)
    }

    /// Whether an encoded byte begins at `index`.
    private static func isEncoded(_ bytes: [UInt8], at index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "%") && index + 2 < bytes.count
            && digit(bytes[index + 1]) != nil && digit(bytes[index + 2]) != nil
    }
}
