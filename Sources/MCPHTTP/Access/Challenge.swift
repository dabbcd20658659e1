/// What `WWW-Authenticate` says to a client without the right token (RFC 6750).
enum Challenge {
    /// For 401: a token is missing or unknown.
    static let bearer = "Bearer"

    /// For 403: the token lacks one of `scopes`, all of which are needed.
    static func insufficientScope(_ scopes: Set<String>) -> String {
        let list = scopes.sorted().joined(separator: " ")
        return "Bearer error=\"insufficient_scope\", scope=\"\(list)\""
    }

    /// The token in an `Authorization` field; nil for other schemes and anything malformed.
    static func token(in field: String?) -> String? {
        guard let field else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        return String(token)
    }
}
