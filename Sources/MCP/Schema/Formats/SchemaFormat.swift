/// A `format` that can be checked.
package enum SchemaFormat: String, Sendable, Hashable, CaseIterable {
    /// A date with a time and an offset (RFC 3339).
    case dateTime = "date-time"
    /// A calendar date (RFC 3339).
    case date
    /// A time of day with an offset (RFC 3339).
    case time
    /// A mailbox (RFC 5321), in ASCII.
    case email
    /// A URI with a scheme (RFC 3986).
    case uri
    /// A UUID (RFC 4122).
    case uuid
    /// An IPv4 address in dotted form.
    case ipv4
    /// An IPv6 address (RFC 4291), without a zone.
    case ipv6

    /// All formats.
    package static let all = Set(allCases)

    /// Whether `text` has the format.
    ///
    /// - Complexity: O(n) in the length of the text.
    package func accepts(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        switch self {
        case .dateTime: return TimeText.isDateTime(bytes)
        case .date: return TimeText.isDate(bytes[...])
        case .time: return TimeText.isTime(bytes[...])
        case .email: return MailText.isAddress(bytes)
        case .uri: return URIText.isURI(bytes)
        case .uuid: return Self.isUUID(bytes)
        case .ipv4: return AddressText.isIPv4(bytes[...])
        case .ipv6: return AddressText.isIPv6(bytes[...])
        }
    }

    /// What the format asks for, with an example, as messages say it.
    var phrase: String {
        switch self {
        case .dateTime: "a date and time with an offset, like 2026-01-31T09:30:00Z"
        case .date: "a date, like 2026-01-31"
        case .time: "a time with an offset, like 09:30:00Z"
        case .email: "an e-mail address, like name@example.com"
        case .uri: "a URI with its scheme, like https://example.com/path"
        case .uuid: "a UUID, like 123e4567-e89b-12d3-a456-426614174000"
        case .ipv4: "an IPv4 address, like 192.0.2.1"
        case .ipv6: "an IPv6 address, like 2001:db8::1"
        }
    }

    private static func isUUID(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            [8, 13, 18, 23].contains(index) ? byte == UInt8(ascii: "-") : byte.isASCIIHexDigit
        }
    }
}

extension UInt8 {
    /// Whether this is `0` to `9` in ASCII.
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether this is a letter of ASCII.
    var isASCIILetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

    /// Whether this is a hexadecimal digit in ASCII.
    var isASCIIHexDigit: Bool {
        isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}
