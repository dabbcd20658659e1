/// Brings the address of a Komodo into one spelling, so that equal addresses are equal texts.
package enum KomodoURL {
    /// Why a text is no address of a Komodo.
    package enum Fault: Error, Hashable {
        case scheme, userinfo, host, port, path, query

        /// What to write instead.
        package var advice: String {
            switch self {
            case .scheme: "write a URL such as https://komodo.example.com"
            case .userinfo:
                "leave out the user name and password; set KOMODO_API_KEY and KOMODO_API_SECRET"
            case .host:
                "write a host name or address after the //, international names in punycode"
            case .port: "write a port from 1 to 65535"
            case .path: "leave out spaces, backslashes and .. in the path"
            case .query: "leave out what follows ? or #"
            }
        }
    }

    private static let hostBytesMax = 253

    /// `text` with scheme and host in lower case, without a default port and without slashes at
    /// the end; the path stays.
    package static func normalize(_ text: String) throws(Fault) -> String {
        let trimmed = text.drop { $0.isWhitespace }
        let scheme: String
        let rest: Substring
        switch trimmed.lowercased() {
        case let lower where lower.hasPrefix("https://"):
            (scheme, rest) = ("https", trimmed.dropFirst(8))
        case let lower where lower.hasPrefix("http://"):
            (scheme, rest) = ("http", trimmed.dropFirst(7))
        default: throw .scheme
        }
        let authority = rest.prefix { !"/?#\\".contains($0) }
        guard !authority.contains("@") else { throw .userinfo }
        let (host, port) = try split(authority, isSecure: scheme == "https")
        return "\(scheme)://\(host)\(port)\(try path(rest[authority.endIndex...]))"
    }

    private static func split(
        _ authority: Substring, isSecure: Bool
    ) throws(Fault) -> (host: String, port: String) {
        let authority = authority.last?.isWhitespace == true ? trimmedEnd(authority) : authority
        let hostEnd: Substring.Index
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { throw .host }
            hostEnd = authority.index(after: close)
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
        }
        let host = authority[..<hostEnd].lowercased()
        guard isHost(host) else { throw .host }
        let rest = authority[hostEnd...]
        guard !rest.isEmpty, rest != ":" else { return (host, "") }
        guard rest.first == ":", rest.dropFirst().utf8.allSatisfy({ (48...57).contains($0) }),
            let port = Int(rest.dropFirst()), (1...65_535).contains(port)
        else { throw .port }
        return (host, port == (isSecure ? 443 : 80) ? "" : ":\(port)")
    }

    private static func isHost(_ host: String) -> Bool {
        let isAddress = host.hasPrefix("[")
        let name = isAddress ? host.dropFirst().dropLast() : host[...]
        guard !name.isEmpty, name.utf8.count <= hostBytesMax else { return false }
        let allowed = isAddress ? "0123456789abcdef:." : "0123456789abcdefghijklmnopqrstuvwxyz-._"
        return name.allSatisfy { allowed.contains($0) }
    }

    private static func path(_ text: Substring) throws(Fault) -> String {
        guard !text.contains(where: { $0 == "?" || $0 == "#" }) else { throw .query }
        var path = trimmedEnd(text)
        while path.last == "/" { path = path.dropLast() }
        let isClean = path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x5C }
        let hasDots = path.split(separator: "/").contains { $0 == "." || $0 == ".." }
        guard isClean, !hasDots else { throw .path }
        return String(path)
    }

    private static func trimmedEnd(_ text: Substring) -> Substring {
        guard let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return text[...last]
    }
}
