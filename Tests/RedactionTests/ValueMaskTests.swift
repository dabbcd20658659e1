import JSON
import Testing

@testable import Redaction

/// Masking of values by their names, their texts and their looks.
@Suite(.timeLimit(.minutes(2)))
struct ValueMaskTests {
    private static let mask = ValueMask(
        Redactor(secrets: ["correct-horse-battery"]), strips: false)

    @Test(
        arguments: [
            (["passkey": "hunter2"], ["passkey": "[redacted]"]),
            (["env": ["dbPass": "hunter2"]], ["env": ["dbPass": "[redacted]"]]),
            (["dbPass": "hunter2"], ["dbPass": "hunter2"]),
            (
                ["arguments": ["update_id": "6b00a18b43f7d1be5d000001"]],
                ["arguments": ["update_id": "6b00a18b43f7d1be5d000001"]]
            ),
            (
                ["arguments": ["key_id": "6b00a18b43f7d1be5d0000016b00a18b43f7d1be"]],
                ["arguments": ["key_id": "[redacted]"]]
            ),
            (["ghp_0123456789abcdefghijkl": 1], ["[redacted]": 1]),
            (
                ["x": "post https://hooks.slack.com/services/T0/B0/abc now"],
                ["x": "post https://hooks.slack.com/services/[redacted] now"]
            ),
            (
                ["x": "https://discord.com/api/webhooks/1/abc"],
                ["x": "https://discord.com/api/webhooks/[redacted]"]
            ),
            (
                ["x": "https://discord.com/api/webhooks/"],
                ["x": "https://discord.com/api/webhooks/"]
            ),
            (["job_id": "job_deploy_1M7X7E29J2SQ5N24Y9BHKHCAQD"], nil),
            (["confirmation_token": "a-K-0123456789abcdefghijABCDEFGHIJ0123456789"], nil),
            (["commit_hash": "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", "tokens": 95], nil),
            (["worker": "k3m9x7q2w8e4r6t1", "at": "2026-03-01T12:00:00.250Z"], nil),
        ] as [(JSONValue, JSONValue?)])
    func namesFormsAndLooksDecide(value: JSONValue, masked: JSONValue?) {
        #expect(Self.mask.value(value) == masked ?? value)
        #expect(Self.mask.value(masked ?? value) == masked ?? value)
    }

    @Test(arguments: [
        (
            "redis --requirepass hunter2 of ada:hunter2@registry.example.com/a",
            "redis --requirepass [redacted] of ada:[redacted]@registry.example.com/a"
        ),
        ("More: add --page-token p1a", "More: add --page-token p1a"),
        ("password=hunter2", "password=[redacted]"),
        ("dbPass=hunter2 MYSQL_ROOT_PW: hunter2", "dbPass=[redacted] MYSQL_ROOT_PW: [redacted]"),
        (
            #"{"dbPass":"hunter2","rootPw":7,"n":1}"#,
            #"{"dbPass":"[redacted]","rootPw":"[redacted]","n":1}"#
        ),
        (#"\"dbPass\":\"hunter2\""#, #"\"dbPass\":\"[redacted]\""#),
        ("APP_KEY=base64:aGVsbG8gd29ybGQ0NTY3ODkwMTIz", "APP_KEY=[redacted]"),
        ("sort_key=name primary key: id compass=north", nil),
        ("the correct-horse-battery", "the [redacted]"),
        ("job_deploy_1M7X7E29J2SQ5N24Y9BHKHCAQD  success", nil),
    ])
    func aTextIsMasked(text: String, masked: String?) {
        #expect(Self.mask.text(text) == masked ?? text)
        #expect(Self.mask.log(text) == masked ?? text)
    }

    @Test func theTextsOfSecretsAreFound() {
        let settings: JSONObject = [
            "args": [
                "dbPass": "hunter2", "mode": "production", "list": ["--token", "abcdef"],
                "pin": 123_456, "url": "https://a:b@c/d",
            ]
        ]
        #expect(
            Self.mask.secrets(in: settings).sorted()
                == ["123456", "abcdef", "https://a:b@c/d", "hunter2"])
    }

    @Test func aRedactorLearnsMore() {
        let redactor = Redactor(secrets: ["correct-horse"]).knowing(["hunter2", "x"])
        #expect(redactor.redact("correct-horse hunter2 x") == "[redacted] [redacted] x")
    }

    /// Takes minutes when the time grows with the square.
    @Test(.timeLimit(.minutes(1)))
    func anObjectOfManyMembersIsMaskedInReasonableTime() {
        let count = 20_000
        let wide = JSONObject((0..<count).map { ("name_\($0)", .string("word \($0)")) })
        #expect(Self.mask.value(.object(wide)) == .object(wide))
    }
}
