/// The parts of a URI reference (RFC 3986), enough to resolve `$id` and `$ref`.
struct URIReference: Sendable, Hashable {
    var scheme: String?
    var authority: String?
    var path: String
    var query: String?
    /// What follows `#`, still percent-encoded.
    var fragment: String?

    /// Takes `text` apart; every text is some reference.
    init(_ text: String) {
        var rest = text[...]
        if let hash = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        }
        if let question = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: question)...])
            rest = rest[..<question]
        }
        if let colon = rest.firstIndex(of: ":"), !rest[..<colon].contains("/"),
            colon > text.startIndex
        {
            scheme = rest[..<colon].lowercased()
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = String(rest[..<slash])
            rest = rest[slash...]
        }
        path = String(rest)
    }

    /// The reference as text, without its fragment.
    var document: String {
        var text = ""
        if let scheme { text += scheme + ":" }
        if let authority { text += "//" + authority }
        text += path
        if let query { text += "?" + query }
        return text
    }

    /// The fragment without its percent-encoding; nil when that is broken.
    var decodedFragment: String? { PercentEncoding.decoded(fragment ?? "") }

    /// The target of this reference when it stands in the document `base`.
    func resolved(against base: URIReference) -> URIReference {
        guard scheme == nil else { return normalized() }
        var target = self
        target.scheme = base.scheme
        guard authority == nil else { return target.normalized() }
        target.authority = base.authority
        if path.isEmpty {
            target.path = base.path
            if query == nil { target.query = base.query }
            return target
        }
        if !path.hasPrefix("/") {
            if base.authority != nil, base.path.isEmpty {
                target.path = "/" + path
            } else if let slash = base.path.lastIndex(of: "/") {
                target.path = base.path[...slash] + path
            }
        }
        return target.normalized()
    }

    private func normalized() -> URIReference {
        guard path.contains("./") || path.hasSuffix(".") else { return self }
        var result = self
        var parts: [Substring] = []
        let given = path.split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in given.enumerated() {
            let isLast = index == given.count - 1
            if part == "." || part == ".." {
                if part == "..", parts.count > 1 || parts.first?.isEmpty == false {
                    parts.removeLast()
                }
                if isLast { parts.append("") }
            } else {
                parts.append(part)
            }
        }
        result.path = parts.joined(separator: "/")
        return result
    }
}
