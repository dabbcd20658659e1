/// A kind of token that is known by how it begins.
///
/// A token begins where a word begins. Enough bytes of its class must follow the prefix; all of
/// them are masked, however many there are.
struct TokenPrefix: Sendable {
    let bytes: [UInt8]
    /// Bytes that must follow the prefix.
    let countMin: Int
    /// What those bytes may be.
    let members: [Bool]
    /// What belongs to the token once it is one, the prefix and ``members`` included.
    let tail: [Bool]

    private init(_ prefix: String, _ countMin: Int, _ members: [Bool], tail: [Bool]? = nil) {
        bytes = Array(prefix.utf8)
        self.countMin = countMin
        self.members = members
        self.tail = tail ?? members
    }

    /// Every kind.
    ///
    /// Komodo's own keys come first: `K-…` and `S-…` (Core 1), `K_…_K` and `S_…_S`
    /// (Core 2), 40 random characters in the middle.
    static let all: [TokenPrefix] =
        ["K-", "S-", "K_", "S_"].map {
            TokenPrefix($0, 20, ByteClass.alphanumeric, tail: ByteClass.base64URL)
        }
        // JSON in base64, which is what a JSON web token and a Docker login are.
        + [TokenPrefix("eyJ", 17, ByteClass.base64URL, tail: ByteClass.token)]
        + ["AKIA", "ASIA"].map { TokenPrefix($0, 16, ByteClass.capital) }
        + ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "npm_"].map {
            TokenPrefix($0, 20, ByteClass.word)
        }
        + [
            "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "gloas-",
            "glagent-", "dckr_pat_", "dckr_oat_",
        ].map { TokenPrefix($0, 16, ByteClass.base64URL, tail: ByteClass.token) }
        + ["xoxa-", "xoxb-", "xoxe-", "xoxe.", "xoxp-", "xoxr-", "xoxs-", "xapp-"].map {
            TokenPrefix($0, 10, ByteClass.base64URL, tail: ByteClass.token)
        }

    /// The kinds by their first byte.
    static let byFirstByte: [[TokenPrefix]] = (0..<256).map { byte in
        all.filter { $0.bytes[0] == UInt8(byte) }
    }
}
