import Testing

@testable import Bootstrap

@Suite(.timeLimit(.minutes(2)))
struct SettingsErrorTests {
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    @Test(arguments: [
        ("KOMODO_RETRY_DELAY", "5", "\"5\": that means milliseconds; write 5s"),
        ("KOMODO_RETRY_DELAY", "99", "\"99\": that means milliseconds; write 1s"),
        ("KOMODO_RETRY_DELAY", "50ms", "\"50ms\": it is below 100ms; write 1s"),
        ("KOMODO_RETRY_DELAY", "soon", "\"soon\": write a duration such as 1s"),
        ("KOMODO_RETRY_DELAY", "-5", "\"-5\": that means milliseconds; write 1s"),
        ("KOMODO_RETRY_DELAY", "1h", "\"1h\": write at most 5m"),
        (
            "KOMODO_START_WITHIN", "60",
            "\"60\": write a duration from 1s to 365d, with a unit, such as 1h"
        ),
        ("KOMODO_RECONCILE_GRACE", "0s", "\"0s\": write a duration from 1s to 1h, such as 30s"),
        ("KOMODO_WORKER", "embeded", "\"embeded\": write auto, embedded or external"),
        ("KOMODO_API", "v2", "\"v2\": write auto, core or signed"),
        ("KOMODO_RATE_LIMIT", "0", "\"0\": write a number from 1 to 100000"),
        ("KOMODO_RATE_BURST", "100", "\"100\": with a rate limit of 100, write at least 108"),
        ("KOMODO_TLS_VERIFY", "maybe", "\"maybe\": write true or false"),
        (
            "KOMODO_LOG_LEVEL", "loud",
            "\"loud\": write trace, debug, info, notice, warning, error or critical"
        ),
        ("KOMODO_LOG_FORMAT", "xml", "\"xml\": write auto, human, plain or json"),
        (
            "KOMODO_URL", "komodo:9120",
            "\"komodo:9120\": write a URL such as https://komodo.example.com"
        ),
    ])
    func aWrongValueSaysWhereAndWhat(name: String, value: String, expected: String) {
        #expect(message { try sandbox.load([name: value]) } == "\(name) is \(expected)")
    }

    @Test func theSourceOfAWrongValueIsNamed() throws {
        #expect(
            message { try sandbox.load(arguments: ["rate-limit": "x"]) }
                == "--rate-limit is \"x\": write a number from 1 to 100000")
        let file = try sandbox.write("etc/config.yaml", "profiles:\n  prod:\n    retry_delay: 5\n")
        #expect(
            message { try sandbox.load(["KOMODO_PROFILE": "prod"]) }
                == "retry_delay in \(file) profile prod is \"5\": that means milliseconds; write 5s"
        )
        try sandbox.write(".env", "export KOMODO_RETRY_DELAY=\"7\"\n")
        #expect(
            message { try sandbox.load() }
                == "KOMODO_RETRY_DELAY in \(sandbox.path)/.env is \"7\": that means milliseconds;"
                + " write 7s")
    }

    @Test(arguments: [
        ["KOMODO_API_SECRET": "two hidden words"],
        ["KOMODO_API_KEY": "hidden\u{1}"],
        ["KOMODO_URL": "https://user:hidden@host"],
        ["KOMODO_URL": "ftp://user:hidden@host"],
        ["KOMODO_URL": "https://host/?token=hidden"],
        ["KOMODO_API_SECRET_FILE": "/nonexistent/x"],
    ])
    func errorsNeverQuoteSecrets(environment: [String: String]) {
        let text = message { try sandbox.load(environment) }
        #expect(!text.contains("hidden"))
        #expect(text.contains(environment.keys.first ?? "?"))
    }

    @Test func brokenFilesAreNotQuoted() throws {
        for (name, text) in [
            ("a.yaml", "api_secret: \"hidden\n  : - x"), ("b.json", "{\"api_secret\": \"hidden\""),
            ("c.yaml", "- hidden"), ("d.json", "[\"hidden\"]"), ("e.yaml", "api_secret: [hidden]"),
            ("f.yaml", "url: a\nurl: hidden"), ("g.json", "{\"api_secret\":[\"hidden\"]}"),
        ] {
            let path = try sandbox.write(name, text)
            let text = message { try sandbox.load(arguments: ["config": path]) }
            #expect(text.contains(path), "\(text)")
            #expect(!text.contains("hidden"), "\(text)")
        }
    }

    @Test(arguments: [
        ("retry_dealy: 1s", "retry_dealy in §: did you mean retry_delay?"),
        ("retry:\n  delay: 1s", "retry.delay in §: did you mean retry_delay?"),
        ("profiles:\n  p:\n    api-key: x", "api-key in § profile p: did you mean api_key?"),
        ("colour: red", "colour in §: it is no setting; leave it out"),
        ("url:\n  - a\n", "url in § is a list: write one value"),
    ])
    func unknownKeysNameTheNearest(text: String, expected: String) throws {
        let path = try sandbox.write("etc/config.yaml", text)
        let parts = expected.split(separator: "§", omittingEmptySubsequences: false)
        #expect(message { try sandbox.load() } == parts.joined(separator: path))
    }

    @Test func unknownProfilesNameTheKnown() throws {
        #expect(
            message { try sandbox.load(arguments: ["profile": "x"]) }
                == "--profile asks for profile x, but there is no configuration file: name one"
                + " with --config")
        let path = try sandbox.write(
            "etc/config.yaml", "profiles:\n  b:\n    url: http://b\n  a:\n")
        #expect(
            message { try sandbox.load(["KOMODO_PROFILE": "x"]) }
                == "KOMODO_PROFILE asks for profile x; \(path) has a, b")
    }

    @Test func missingFilesAreNamed() throws {
        #expect(
            message { try sandbox.load(arguments: ["config": "no.yaml"]) }
                == "--config names \(sandbox.path)/no.yaml: there is no such file")
        let empty = try sandbox.write("empty", "\n")
        #expect(
            message { try sandbox.load(["KOMODO_API_KEY_FILE": empty]) }
                == "KOMODO_API_KEY_FILE names \(empty): the file is empty")
        #expect(
            message { try sandbox.load(["KOMODO_API_KEY_FILE": sandbox.path]) }
                == "KOMODO_API_KEY_FILE names \(sandbox.path): it is a directory")
    }

    @Test func anUnknownArgumentIsRefused() {
        #expect(
            message { try sandbox.load(arguments: ["--speed": "1"]) } == "--speed is no setting")
    }
}
