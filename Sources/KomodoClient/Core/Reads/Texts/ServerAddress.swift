/// The address at which Core reaches the agent of a server.
struct ServerAddress: Hashable {
    /// A name or an IP address, without brackets.
    let host: String
    let port: Int64?

    /// Reads `https://example.com:8120`, also without the scheme; nil when there is no host.
    init?(_ text: String) {
        var rest = text[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        // A user and a password before the host are nobody's business.
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        let digits: Substring?
        if rest.first == "[", let end = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            let after = rest[rest.index(after: end)...]
            digits = after.first == ":" ? after.dropFirst() : nil
        } else if let colon = rest.lastIndex(of: ":") {
            host = String(rest[..<colon])
            digits = rest[rest.index(after: colon)...]
        } else {
            host = String(rest)
            digits = nil
        }
        guard !host.isEmpty else { return nil }
        port = digits.flatMap { Int64($0) }
    }
}
