import Testing

@testable import Redaction

@Suite(.timeLimit(.minutes(2)))
struct RedactorTests {
    private static let coreKey = "K-0123456789abcdefghijABCDEFGHIJ0123456789"
    private static let newCoreSecret = "S_0123456789abcdefghijABCDEFGHIJ0123456789_S"
    private static let webToken = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N"

    @Test(arguments: [
        ("key \(coreKey), next", "key [redacted], next"),
        ("x\t\(newCoreSecret)\n", "x\t[redacted]\n"),
        ("jwt \(webToken) end", "jwt [redacted] end"),
        ("AKIAIOSFODNN7EXAMPLE is an id", "[redacted] is an id"),
        ("ghp_0123456789abcdefghijABCDEFGHIJ456789", "[redacted]"),
        ("github_pat_0123456789abcdefghijAB_CDEF", "[redacted]"),
        ("glpat-0123456789abcdefghij", "[redacted]"),
        ("xoxb-1234567890-abcdefghij", "[redacted]"),
        ("dckr_pat_0123456789abcdefghij-_x", "[redacted]"),
    ])
    func tokensAreKnownByTheirBeginning(text: String, expected: String) {
        #expect(Redactor().redact(text) == expected)
    }

    @Test(arguments: [
        ("password=abc", "password=[redacted]"),
        ("password = abc def", "password = [redacted] def"),
        ("DB_PASSWORD: 'a b c' x", "DB_PASSWORD: '[redacted]' x"),
        ("smtp_pass=abc", "smtp_pass=[redacted]"),
        ("?token=abc&page=2", "?token=[redacted]&page=2"),
        ("f(secret=abc, n=1)", "f(secret=[redacted], n=1)"),
        ("client_secret:abc;", "client_secret:[redacted];"),
        ("apiKey := \"abc\"", "apiKey := \"[redacted]\""),
        ("'token' => 'abc'", "'token' => '[redacted]'"),
        ("conf[\"password\"] = \"abc\"", "conf[\"password\"] = \"[redacted]\""),
        ("docker run -e DB_PASSWORD=abc img", "docker run -e DB_PASSWORD=[redacted] img"),
        ("run --env API_TOKEN=abc --env N=1", "run --env API_TOKEN=[redacted] --env N=1"),
        ("run --env=API_TOKEN=abc", "run --env=API_TOKEN=[redacted]"),
        ("login --password abc --user me", "login --password [redacted] --user me"),
        ("\"PASSWORD=my long phrase\", 1", "\"PASSWORD=[redacted]\", 1"),
        ("X-Api-Secret: abc\nnext", "X-Api-Secret: [redacted]\nnext"),
        ("curl -H \"X-Api-Key: abc\" url", "curl -H \"X-Api-Key: [redacted]\" url"),
        ("\u{1B}[36mtoken\u{1B}[0m=abc n=1", "\u{1B}[36mtoken\u{1B}[0m=[redacted] n=1"),
        (
            "password: <span style=\"color: red\">abc</span>",
            "password: <span style=\"color: red\">[redacted]</span>"
        ),
        ("secret = \"\"\"\nabc\ndef\n\"\"\"\nn", "secret = \"\"\"[redacted]\"\"\"\nn"),
    ])
    func valuesOfSecretNamesAreMasked(text: String, expected: String) {
        #expect(Redactor().redact(text) == expected)
    }

    @Test(arguments: [
        ("Authorization: Basic dXNlcjpwYXNz more", "Authorization: [redacted]"),
        ("-H 'Authorization: Bearer abc' url", "-H 'Authorization: [redacted]' url"),
        ("Cookie: a=b; c=d\nx", "Cookie: [redacted]\nx"),
        ("sent Bearer abcdefgh12345 to", "sent Bearer [redacted] to"),
        ("{\"authorization\":\"Bearer abc\"}", "{\"authorization\":\"[redacted]\"}"),
    ])
    func headersAreMasked(text: String, expected: String) {
        #expect(Redactor().redact(text) == expected)
    }

    @Test(arguments: [
        ("https://user:pass@host/x", "https://user:[redacted]@host/x"),
        ("postgres://u:p@ss@db:5432/x", "postgres://u:[redacted]@db:5432/x"),
        ("https://0123456789abcdefghij@host", "https://[redacted]@host"),
        ("https://0123456789abcdefghij:x@host", "https://[redacted]@host"),
        ("ssh://git@host/repo", "ssh://git@host/repo"),
        ("http://host:8080/a@b?c=d:e@f", "http://host:8080/a@b?c=d:e@f"),
    ])
    func passwordsInURLsAreMasked(text: String, expected: String) {
        #expect(Redactor().redact(text) == expected)
    }

    @Test(arguments: [
        "max_tokens=100", "tokens: 512", "token_type=bearer", "POSTGRES_PASSWORD_FILE=/run/x",
        "bypass=1", "compass: north", "PWD=/home/me", "the bearer of news", "\"token\": null",
        "password: true", "secrets:\n  - a", "secret: {a: 1}", "TokenError: unexpected end",
        "tokenizer=bpe", "K-pop, S_x, eyJ", "a-b--c d", "author: me", "public_key=abc",
        "\"password: \" + x", "time 12:30:01", "-----BEGIN CERTIFICATE-----\nMIIE\n",
        "password=", "password=\"\" next",
    ])
    func ordinaryTextStays(text: String) {
        #expect(Redactor().redact(text) == text)
    }

    @Test func privateKeysAreMaskedWhole() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----"
        #expect(Redactor().redact("a\n\(key)\nb") == "a\n[redacted]\nb")
        let inJSON = key.split(separator: "\n").joined(separator: "\\n")
        #expect(Redactor().redact("{\"k\":\"\(inJSON)\\n\"}") == "{\"k\":\"[redacted]\\n\"}")
    }

    @Test(arguments: [
        ("KEY_SECRET=§ x", "KEY_SECRET=[redacted] x"),
        ("--token § x", "--token [redacted] x"),
        ("password: '§' x", "password: '[redacted]' x"),
        ("https://§@host x", "https://[redacted] x"),
    ])
    func privateKeysInsideOtherSecretsAreMaskedWhole(text: String, expected: String) {
        let key = "-----BEGIN PRIVATE KEY-----\nMI IE\n-----END PRIVATE KEY-----"
        let parts = text.split(separator: "§").map(String.init)
        #expect(Redactor().redact(parts.joined(separator: key)) == expected)
    }

    @Test func anEndlessPrivateKeyIsMaskedUpToALimit() {
        let body = String(repeating: "A", count: Mask.blockBytesMax + 100)
        let redacted = Redactor().redact("-----BEGIN PRIVATE KEY-----" + body)
        #expect(redacted.hasPrefix("[redacted]A"))
        #expect(redacted.utf8.count < 200)
    }

    @Test(arguments: [
        ("x hunter2! y", "x [redacted] y"),
        ("xhunter2!y", "x[redacted]y"),
        ("{\"v\":\"pa\\\"ss wo\\\\rd\"}", "{\"v\":\"[redacted]\"}"),
        ("q=pa%22ss%20wo%5Crd&n", "q=[redacted]&n"),
        ("password=pa\"ss wo\\rd end", "password=[redacted] end"),
        ("https://s3cr/et@x:y@host", "https://[redacted]@host"),
        ("https://user:s3cr/et@x:y@host", "https://user:[redacted]@host"),
        ("abcdefghijklmnop", "[redacted]mnop"),
    ])
    func knownSecretsAreMaskedInEverySpelling(text: String, expected: String) {
        let secrets = ["hunter2!", "pa\"ss wo\\rd", "s3cr/et@x:y", " abcdefgh\n", "efghijkl"]
        #expect(Redactor(secrets: secrets).redact(text) == expected)
    }

    @Test func shortSecretsAreIgnored() {
        #expect(Redactor(secrets: ["", "12345", "  ab  "]).redact("12345 ab") == "12345 ab")
        #expect(Redactor(secrets: ["123456"]).redact("123456") == "[redacted]")
    }

    @Test func plainTextHidesSecretsThatMarkupParts() {
        let redactor = Redactor(secrets: ["hunter2!"])
        #expect(redactor.plain("a <b>hun</b>t\u{1B}[1mer2! &lt;") == "a [redacted] <")
        #expect(redactor.plain("<td>hunter2!</td>") == "<td>[redacted]</td>")
        #expect(redactor.plain("<td>hun<b>ter2!</td>", as: .page) == "\n[redacted]\n")
    }

    @Test(arguments: 0...12)
    func aCutTextEndsBeforeTheSecretThatTheCutParts(bytesMax: Int) {
        let redactor = Redactor(secrets: ["hunter2!"])
        let cut = redactor.plain("aé hunter2! b", bytesMax: bytesMax)
        #expect(!cut.contains("h"), "\(cut)")
        #expect(cut.hasPrefix("a") || bytesMax == 0)
        #expect(cut.contains("[redacted]") == (bytesMax >= 12))
    }

    @Test(arguments: [
        ("{\"token\":123,\"a\":1}", "{\"token\":\"[redacted]\",\"a\":1}"),
        ("{\"token\":\"a\\\"b\\\\\",\"a\":1}", "{\"token\":\"[redacted]\",\"a\":1}"),
        (
            "{\"log\":\"{\\\"secret\\\":\\\"a\\\\\\\"b\\\",\\\"n\\\":1}\"}",
            "{\"log\":\"{\\\"secret\\\":\\\"[redacted]\\\",\\\"n\\\":1}\"}"
        ),
        ("{\"m\":\"password=abc\"}", "{\"m\":\"password=[redacted]\"}"),
        ("{\"m\":\"say \\\"token=abc\\\" now\"}", "{\"m\":\"say \\\"token=[redacted]\\\" now\"}"),
        ("{\"env\":[\"A=1\",\"X_SECRET=a b\"]}", "{\"env\":[\"A=1\",\"X_SECRET=[redacted]\"]}"),
    ])
    func jsonStaysJSON(text: String, expected: String) {
        #expect(Redactor().redact(text) == expected)
    }

    @Test func redactionOfManyTrapsEnds() {
        for trap in ["-----BEGIN ", "https://", "password=<", "eyJ", "\\\"", "token: "] {
            let text = String(repeating: trap, count: 200_000 / trap.utf8.count)
            #expect(Redactor(secrets: ["pass\\\"word"]).redact(text).utf8.count <= 300_000)
        }
    }
}
