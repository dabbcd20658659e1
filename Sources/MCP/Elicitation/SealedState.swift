package import JSON

private import Crypto
private import FoundationEssentials

/// State of a call that a client keeps for the server and gives back unread and unchanged.
///
/// The text is a version, a nonce, the moment of expiry and the encrypted payload (ChaCha20 with
/// Poly1305), in URL-safe Base64. Version and expiry are authenticated with it. The payload is
/// bound to a context, so that state of one caller or request does not open for another. Secrets
/// are compared in constant time. The nonce identifies the state, for whoever lets it be used only
/// once.
package struct SealedState: Sendable, Hashable {
    /// What was sealed.
    package let payload: JSONValue
    /// The nonce that the state was sealed with.
    package let nonce: [UInt8]
    /// When the state stops being good, in seconds since 1970.
    package let expiresSeconds: Int64

    /// Bytes of a key.
    package static let keyBytes = 32
    /// Bytes of a nonce.
    package static let nonceBytes = 12
    /// The longest text, in bytes.
    package static let textBytesMax = 64 * 1024

    /// To whom and to what state belongs.
    package struct Context: Sendable, Hashable {
        /// The caller's name.
        package let principal: String
        /// What stands for the request: its method, name and arguments.
        package let binding: [UInt8]

        /// A context; both parts must be the same again to open a text.
        package init(principal: String, binding: [UInt8]) {
            self.principal = principal
            self.binding = binding
        }
    }
}

extension SealedState {
    /// Seals `payload`.
    ///
    /// - Parameters:
    ///   - payload: what comes back when the text is opened.
    ///   - key: ``keyBytes`` secret bytes.
    ///   - context: what must be given again to open the text.
    ///   - expiresSeconds: from when on the text no longer opens, in seconds since 1970.
    ///   - nonce: ``nonceBytes`` bytes from a random source, never used with this key before.
    /// - Returns: letters, digits, `-` and `_`, at most ``textBytesMax``.
    /// - Throws: ``SealedStateError``: `tooLarge`, or `unusable` for a key or nonce of another
    ///   length.
    package static func seal(
        _ payload: JSONValue, key: [UInt8], context: Context, expiresSeconds: Int64,
        nonce: [UInt8]
    ) throws(SealedStateError) -> String {
        guard key.count == keyBytes, nonce.count == nonceBytes else { throw .unusable }
        let header = header(expiresSeconds)
        let plain = fingerprint(of: context) + Array(payload.serialized().utf8)
        guard plain.count <= textBytesMax else { throw .tooLarge }
        let box: ChaChaPoly.SealedBox
        do {
            box = try ChaChaPoly.seal(
                plain, using: SymmetricKey(data: key), nonce: ChaChaPoly.Nonce(data: nonce),
                authenticating: label + header)
        } catch {
            throw .unusable
        }
        let text = Base64URL.encoded(header + Array(box.combined))
        guard text.utf8.count <= textBytesMax else { throw .tooLarge }
        return text
    }

    /// Opens what ``seal(_:key:context:expiresSeconds:nonce:)`` made.
    ///
    /// - Throws: ``SealedStateError``: `tampered`, `expired`, `foreign` in this order of checking,
    ///   or `unusable` for a key of another length.
    package static func open(
        _ text: String, key: [UInt8], context: Context, nowSeconds: Int64
    ) throws(SealedStateError) -> SealedState {
        guard key.count == keyBytes else { throw .unusable }
        guard text.utf8.count <= textBytesMax, let bytes = Base64URL.decoded(text),
            bytes.count >= headerBytes + nonceBytes + fingerprintBytes + tagBytes,
            bytes[0] == version
        else { throw .tampered }
        let header = Array(bytes[..<headerBytes])
        let plain: [UInt8]
        do {
            let box = try ChaChaPoly.SealedBox(combined: bytes[headerBytes...])
            plain = Array(
                try ChaChaPoly.open(
                    box, using: SymmetricKey(data: key), authenticating: label + header))
        } catch {
            throw .tampered
        }
        let expires = header.dropFirst().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let expiresSeconds = Int64(bitPattern: expires)
        guard nowSeconds < expiresSeconds else { throw .expired }
        guard isEqual(plain.prefix(fingerprintBytes), fingerprint(of: context)[...]) else {
            throw .foreign
        }
        // The server wrote this text; that it does not read it again would be another version.
        guard let payload = try? JSONValue(parsing: Array(plain.dropFirst(fingerprintBytes)))
        else { throw .tampered }
        return SealedState(
            payload: payload, nonce: Array(bytes[headerBytes..<headerBytes + nonceBytes]),
            expiresSeconds: expiresSeconds)
    }

    private static let version: UInt8 = 1
    /// Version and expiry.
    private static let headerBytes = 9
    private static let fingerprintBytes = 32
    private static let tagBytes = 16
    /// Keeps texts sealed with the same key for another purpose apart.
    private static let label = Array("mcp.requestState:".utf8)

    private static func header(_ expiresSeconds: Int64) -> [UInt8] {
        let bits = UInt64(bitPattern: expiresSeconds)
        return [version] + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    }

    private static func fingerprint(of context: Context) -> [UInt8] {
        let principal = Array(context.principal.utf8)
        let size = (0..<8).map { UInt8(truncatingIfNeeded: principal.count >> (56 - 8 * $0)) }
        return Array(SHA256.hash(data: size + principal + context.binding))
    }

    /// Whether both have the same bytes; takes the same time wherever they differ.
    private static func isEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
