/// Masks secrets in text: the ones it was told, and everything that looks like one.
///
/// Rules, first match from the left:
/// - the known secrets, also in their JSON and percent-encoded spelling;
/// - Komodo keys, JSON web tokens, AWS access keys, tokens of GitHub, GitLab, Slack, Docker Hub and
///   npm, by their beginnings (see ``TokenPrefix``);
/// - PEM private keys, whole;
/// - the password in `https://user:password@host`, or all of a long user part;
/// - the value after a name that means a secret, as in `password=…`, `"api_key": "…"`,
///   `--token …`, `-e DB_PASSWORD=…` (see ``SecretName``), and after `Bearer`;
/// - the rest of the line after `Authorization:` and `Cookie:`.
///
/// Masking is idempotent, linear in the text, and never looks further ahead than
/// ``RedactionScanner/lookaheadMax`` bytes or the longest known secret. JSON stays JSON.
package struct Redactor: Sendable {
    /// What stands in the place of a secret.
    package static let replacement = "[redacted]"

    /// Known secrets shorter than this are left alone: they would mask ordinary words.
    package static let secretBytesMin = 6

    private let rules: RedactionRules

    /// A redactor that also masks `secrets`, wherever they occur.
    ///
    /// - Parameter secrets: Texts to mask; those below ``secretBytesMin`` bytes are ignored, and
    ///   white space around them is not part of them.
    package init(secrets: [String] = []) {
        rules = RedactionRules(known: KnownSecrets(secrets))
    }

    private init(rules: RedactionRules) {
        self.rules = rules
    }

    /// A redactor that also masks `secrets`.
    package init(secrets: [Secret]) {
        self.init(secrets: secrets.map { $0.reveal() })
    }

    /// A redactor that masks `secrets` too.
    package func knowing(_ secrets: [String]) -> Redactor {
        guard !secrets.isEmpty else { return self }
        return Redactor(rules: RedactionRules(known: rules.known.adding(secrets)))
    }

    /// The text with every secret replaced by ``replacement``.
    ///
    /// - Complexity: O(n) in the bytes of `text`.
    package func redact(_ text: String) -> String {
        var scanner = RedactionScanner(rules: rules)
        var text = text
        text.withUTF8 { bytes in
            scanner.output.reserveCapacity(bytes.count)
            _ = scanner.scan(bytes, isFinal: true)
        }
        guard scanner.hasMasked else { return text }
        return String(decoding: scanner.output, as: UTF8.self)
    }

    /// A stream that masks a text which arrives in pieces.
    package func stream() -> RedactionStream {
        RedactionStream(rules: rules)
    }
}

/// What a scanner needs to know, built once per redactor.
struct RedactionRules: Sendable {
    let known: KnownSecrets
    /// For each byte, whether the scanner must look closer there.
    let stops: [Bool]

    init(known: KnownSecrets) {
        self.known = known
        var stops = [Bool](repeating: false, count: 256)
        for byte in "=: -[".utf8 { stops[Int(byte)] = true }
        for prefix in TokenPrefix.all { stops[Int(prefix.bytes[0])] = true }
        for byte in known.firstBytes { stops[Int(byte)] = true }
        self.stops = stops
    }
}
