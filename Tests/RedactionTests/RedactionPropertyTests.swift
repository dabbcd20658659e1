import TestSupport
import Testing

@testable import Redaction

/// Texts put together at random from what the rules look for.
@Suite(.timeLimit(.minutes(2)))
struct RedactionPropertyTests {
    private static let known = [
        "hunter2!", "pa\"ss wo\\rd", "s3cr/et@x:y", "日本語key", "abcdefghij01",
    ]
    private static let pieces = [
        "password", "token", "secret", "api_key", "Authorization", "Cookie", "bearer", "Bearer",
        "=", ":", " ", ",", ";", "&", ": ", " = ", "\"", "'", "`", "\\", "\\\"", "\\\\", "\": \"",
        "\\\":\\\"", "\"\"\"", "{", "}", "[", "]", "(", ")", "<", ">", "\n", "\r\n", "\t", "-",
        "--", "--token ", "-e ", "[redacted]", "[redac", "null", "null,", "true", "12345", "x",
        "K-", "S_", "0123456789abcdefABCDEF", "_K", "eyJhbGciOiJIUzI1NiJ9", ".", "AKIA",
        "ABCDEFGH12345678", "ghp_", "xoxb-", "123456789012", "https://", "user", "@", "host", "/",
        "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "MIIE", "é", "日本",
        "🎉", "\u{1B}[31m", "\u{1B}[0m", "m", "<span style=\"color: red\">", "</span>", "<b",
        "hunter2", "hunter2!", "pa\"ss wo\\rd", "s3cr/et@x:y", "日本語key", "abcdefghij01",
    ]

    private let redactor = Redactor(secrets: known)

    private static func text(_ random: inout SeededRandom) -> String {
        (0..<Int.random(in: 1...14, using: &random))
            .map { _ in pieces[Int.random(in: pieces.indices, using: &random)] }
            .joined()
    }

    @Test(arguments: 0..<8)
    func redactingTwiceChangesNothingMore(seed: Int) {
        var random = SeededRandom(seed)
        for _ in 0..<1_000 {
            let text = Self.text(&random)
            let once = redactor.redact(text)
            #expect(redactor.redact(once) == once, "\(text.debugDescription)")
        }
    }

    @Test(arguments: 0..<8)
    func noKnownSecretIsLeft(seed: Int) {
        var random = SeededRandom(seed)
        for _ in 0..<1_000 {
            let text = Self.text(&random)
            let redacted = redactor.redact(text)
            for secret in Self.known where redacted.contains(secret) {
                Issue.record("\(secret) in \(redacted.debugDescription)")
            }
        }
    }

    @Test(arguments: 0..<8)
    func piecesGiveTheSameAsTheWhole(seed: Int) {
        var random = SeededRandom(seed)
        for _ in 0..<1_000 {
            let text = Self.text(&random)
            let scalars = Array(text.unicodeScalars)
            var stream = redactor.stream()
            var joined = ""
            var position = 0
            while position < scalars.count {
                let end = min(scalars.count, position + Int.random(in: 1...6, using: &random))
                var piece = String.UnicodeScalarView()
                piece.append(contentsOf: scalars[position..<end])
                joined += stream.append(String(piece))
                position = end
            }
            joined += stream.finish()
            let whole = redactor.redact(text)
            #expect(joined.utf8.elementsEqual(whole.utf8), "\(text.debugDescription)")
        }
    }

    @Test func aStreamHoldsBackLittle() {
        var stream = redactor.stream()
        let line = "2026-01-02 12:00:00 GET https://host/path 200\n"
        var given = 0
        var taken = 0
        for _ in 0..<1_000 {
            given += line.utf8.count
            taken += stream.append(line).utf8.count
            #expect(given - taken <= 2 * RedactionScanner.lookaheadMax)
        }
        taken += stream.finish().utf8.count
        #expect(given == taken)
    }

    @Test func aFinishedStreamStartsAnew() {
        var stream = redactor.stream()
        #expect(stream.append("password=") + stream.finish() == "password=")
        #expect(stream.append("abc") + stream.finish() == "abc")
    }

    @Test func aSecretFedByteByByteIsMasked() {
        var stream = redactor.stream()
        var joined = ""
        for character in "a \"token\": 123" { joined += stream.append(String(character)) }
        joined += stream.finish()
        #expect(joined == "a \"token\": \"[redacted]\"")
    }
}
