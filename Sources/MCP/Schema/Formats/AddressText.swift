/// The text forms of IP addresses.
enum AddressText {
    /// Whether `bytes` are four numbers below 256 without leading zeros.
    static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= 15 else { return false }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(\.isASCIIDigit) else {
                    return false
                }
                let value = part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
                return value < 256 && (part.count == 1 || part.first != UInt8(ascii: "0"))
            }
    }

    /// Whether `bytes` are eight groups, one run of them perhaps written `::`, the last two
    /// perhaps as an IPv4 address.
    static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count <= 45 else { return false }
        let colon = UInt8(ascii: ":")
        let gap = zip(bytes.indices, bytes.indices.dropFirst())
            .first { bytes[$0] == colon && bytes[$1] == colon }
        guard let gap else { return groups(bytes, mayEndInIPv4: true) == 8 }
        guard let before = groups(bytes[..<gap.0], mayEndInIPv4: false),
            let after = groups(bytes[(gap.1 + 1)...], mayEndInIPv4: true)
        else { return false }
        return before + after <= 7
    }

    /// How many groups `bytes` have; nil when they are no groups.
    private static func groups(_ bytes: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> Int? {
        guard !bytes.isEmpty else { return 0 }
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var count = 0
        for (index, part) in parts.enumerated() {
            if (1...4).contains(part.count), part.allSatisfy(\.isASCIIHexDigit) {
                count += 1
            } else if mayEndInIPv4, index == parts.count - 1, isIPv4(part) {
                count += 2
            } else {
                return nil
            }
        }
        return count
    }
}
