/// The host and the port of a `Host` field or an origin.
struct Authority: Hashable {
    /// In lower case, without brackets.
    let host: String
    let port: Int?

    /// Reads `name`, `name:port`, `[address]` or `[address]:port`; nil for anything else.
    init?(_ text: String) {
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end].lowercased()
            guard host.contains(":") else { return nil }
            rest = text[text.index(after: end)...]
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            host = text[..<end].lowercased()
            rest = text[end...]
        }
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isAllowed) else { return nil }
        guard !rest.isEmpty else {
            port = nil
            return
        }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let port = Int(digits), port <= 65_535
        else { return nil }
        self.port = port
    }

    /// Whether it names this machine's loopback.
    var isLoopback: Bool { Self.loopbackNames.contains(host) }

    /// The names of loopback that clients use.
    static let loopbackNames: Set<String> = ["localhost", "127.0.0.1", "::1"]

    /// Whether listening on `host` reaches this machine's programs only.
    static func isLoopback(host: String) -> Bool {
        if loopbackNames.contains(host.lowercased()) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
