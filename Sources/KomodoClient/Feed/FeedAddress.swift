/// Where `GET /ws/update` is, below the address of a Komodo.
struct FeedAddress: Sendable, Hashable {
    /// Without the brackets of IPv6.
    let host: String
    let port: Int
    let isSecure: Bool
    /// What the Host header says.
    let authority: String
    /// The request target, behind the base path of the address.
    let target: String

    /// Derives it from the normalized address of a connection; nil when that is none.
    init?(_ url: String) {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, parts[0] == "http:" || parts[0] == "https:"
        else { return nil }
        isSecure = parts[0] == "https:"
        authority = String(parts[2])
        target = (parts.count > 3 ? "/" + parts[3] : "") + "/ws/update"
        var name = parts[2]
        var number = isSecure ? 443 : 80
        if let colon = name.lastIndex(of: ":"), !name.hasSuffix("]") {
            guard let given = Int(name[name.index(after: colon)...]) else { return nil }
            number = given
            name = name[..<colon]
        }
        port = number
        if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
        host = String(name)
        guard !host.isEmpty, (1...65_535).contains(port) else { return nil }
    }
}
