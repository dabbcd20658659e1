private import Crypto
internal import MCP

/// The bearer tokens that a server accepts; it knows their hashes only.
package struct TokenRegistry: Sendable {
    /// A token's holder, its hash and what it may do.
    package struct Entry: Sendable, Hashable {
        /// Becomes the principal's name; unique.
        package var name: String
        /// SHA-256 of the token as 64 hexadecimal digits.
        package var hash: String
        package var scopes: Set<String>

        package init(name: String, hash: String, scopes: Set<String>) {
            self.name = name
            self.hash = hash
            self.scopes = scopes
        }
    }

    private let known: [Holder]

    /// No tokens: whoever reaches the server is its local principal.
    package static let none = TokenRegistry()

    /// The longest token that is looked at, in bytes.
    private static let tokenBytesMax = 4_096

    private init() { known = [] }

    /// Registers `entries`.
    ///
    /// - Throws: for an empty or repeated name, and for a hash that is none.
    package init(_ entries: [Entry]) throws(HTTPServerError) {
        var known: [Holder] = []
        var names: Set<String> = []
        for entry in entries {
            guard !entry.name.isEmpty, names.insert(entry.name).inserted else {
                throw HTTPServerError(
                    code: .invalidToken,
                    message: "Two tokens are named \"\(entry.name)\"; give each its own name")
            }
            guard let hash = Self.bytes(hex: entry.hash), hash.count == SHA256.byteCount else {
                throw HTTPServerError(
                    code: .invalidToken,
                    message: "The hash of token \"\(entry.name)\" is not a SHA-256 in hexadecimal")
            }
            known.append(
                Holder(
                    principal: Principal(name: entry.name, scopes: entry.scopes), tokenHash: hash))
        }
        self.known = known
    }

    /// Whether nobody can bring a token.
    package var isEmpty: Bool { known.isEmpty }

    /// The holder of `token`.
    ///
    /// Takes the same time whichever entry fits, and whether one does.
    func holder(of token: String) -> Holder? {
        guard token.utf8.count <= Self.tokenBytesMax else { return nil }
        let hash = Array(SHA256.hash(data: Array(token.utf8)))
        var found: Holder?
        for holder in known where Self.areEqual(holder.tokenHash ?? [], hash) { found = holder }
        return found
    }

    /// Whether that token is still valid for the same principal.
    func contains(_ holder: Holder) -> Bool { known.contains(holder) }

    /// The hash of a token as an ``Entry`` holds it.
    package static func hash(of token: String) -> String {
        SHA256.hash(data: Array(token.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// A new token of 256 random bits; show it once and store its hash.
    package static func newToken() -> String { RandomText.make(count: 43) }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        zip(left, right).reduce(UInt8(left.count == right.count ? 0 : 1)) { difference, pair in
            difference | (pair.0 ^ pair.1)
        } == 0
    }

    private static func bytes(hex: String) -> [UInt8]? {
        let digits = hex.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
