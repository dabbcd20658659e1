/// The mailboxes of RFC 5321, in ASCII.
enum MailText {
    private static let localMax = 64
    private static let addressMax = 254
    private static let labelMax = 63

    /// Whether `bytes` are a local part and a domain.
    static func isAddress(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= addressMax, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else {
            return false
        }
        return isLocal(bytes[..<at]) && isDomain(bytes[(at + 1)...])
    }

    private static func isLocal(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard (1...localMax).contains(bytes.count) else { return false }
        if bytes.first == UInt8(ascii: "\"") { return isQuoted(bytes) }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtom) }
    }

    private static func isAtom(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte.isASCIIDigit || atomMarks.contains(byte)
    }

    private static let atomMarks = Set("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isQuoted(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= 2, bytes.last == UInt8(ascii: "\"") else { return false }
        var isEscaped = false
        for byte in bytes.dropFirst().dropLast() {
            guard (0x20...0x7E).contains(byte) else { return false }
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                return false
            }
        }
        return !isEscaped
    }

    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") {
            let inner = bytes.dropFirst().dropLast()
            let tag = Array("IPv6:".utf8)
            return inner.starts(with: tag)
                ? AddressText.isIPv6(inner.dropFirst(tag.count)) : AddressText.isIPv4(inner)
        }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy(isLabel)
    }

    private static func isLabel(_ bytes: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...labelMax).contains(bytes.count) && bytes.first != hyphen
            && bytes.last != hyphen
            && bytes.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == hyphen }
    }
}
