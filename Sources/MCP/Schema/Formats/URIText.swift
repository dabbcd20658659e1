/// The URIs of RFC 3986.
enum URIText {
    /// Whether `bytes` are a URI with its scheme.
    static func isURI(_ bytes: [UInt8]) -> Bool {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), isScheme(bytes[..<colon]) else {
            return false
        }
        var rest = bytes[(colon + 1)...]
        if let hash = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard isText(rest[(hash + 1)...], marks: queryMarks) else { return false }
            rest = rest[..<hash]
        }
        if let question = rest.firstIndex(of: UInt8(ascii: "?")) {
            guard isText(rest[(question + 1)...], marks: queryMarks) else { return false }
            rest = rest[..<question]
        }
        guard rest.starts(with: "//".utf8) else { return isText(rest, marks: pathMarks) }
        rest = rest.dropFirst(2)
        let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        return isAuthority(rest[..<slash]) && isText(rest[slash...], marks: pathMarks)
    }

    private static let nameMarks = Set("-._~!$&'()*+,;=".utf8)
    private static let userMarks = nameMarks.union(":".utf8)
    private static let pathMarks = nameMarks.union(":@/".utf8)
    private static let queryMarks = nameMarks.union(":@/?".utf8)
    private static let schemeMarks = Set("+-.".utf8)

    private static func isScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.first?.isASCIILetter == true
            && bytes.allSatisfy {
                $0.isASCIILetter || $0.isASCIIDigit || schemeMarks.contains($0)
            }
    }

    private static func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
        var host = bytes
        if let at = bytes.firstIndex(of: UInt8(ascii: "@")) {
            guard isText(bytes[..<at], marks: userMarks) else { return false }
            host = bytes[(at + 1)...]
        }
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")),
                isLiteral(host[(host.startIndex + 1)..<end])
            else { return false }
            let port = host[(end + 1)...]
            return port.isEmpty || port.first == UInt8(ascii: ":") && isPort(port.dropFirst())
        }
        guard let colon = host.firstIndex(of: UInt8(ascii: ":")) else {
            return isText(host, marks: nameMarks)
        }
        return isText(host[..<colon], marks: nameMarks) && isPort(host[(colon + 1)...])
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy(\.isASCIIDigit)
    }

    private static func isLiteral(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, first | 0x20 == UInt8(ascii: "v") else {
            return AddressText.isIPv6(bytes)
        }
        let parts = bytes.dropFirst().split(separator: UInt8(ascii: "."), maxSplits: 1)
        return parts.count == 2 && parts[0].allSatisfy(\.isASCIIHexDigit)
            && !parts[1].contains(UInt8(ascii: "%")) && isText(parts[1], marks: userMarks)
    }

    /// Whether `bytes` are letters, digits, `marks` and percent-encoded bytes.
    private static func isText(_ bytes: ArraySlice<UInt8>, marks: Set<UInt8>) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.endIndex, bytes[index + 1].isASCIIHexDigit,
                    bytes[index + 2].isASCIIHexDigit
                else { return false }
                index += 3
            } else {
                guard byte.isASCIILetter || byte.isASCIIDigit || marks.contains(byte) else {
                    return false
                }
                index += 1
            }
        }
        return true
    }
}
