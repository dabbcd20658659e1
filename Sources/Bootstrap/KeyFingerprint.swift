internal import Crypto
internal import Redaction

/// Names a key without telling it.
enum KeyFingerprint {
    private static let digitsCount = 16

    /// The first 16 hexadecimal digits of the SHA-256 of `key`.
    static func of(_ key: Secret) -> String {
        var hash = SHA256()
        let bytes = Array(key.reveal().utf8)
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        let digits = Array("0123456789abcdef")
        let text = hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(text.prefix(digitsCount))
    }
}
