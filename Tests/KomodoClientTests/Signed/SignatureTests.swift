import JSON
import Jobs
import Redaction
import Testing

@testable import KomodoClient

/// What the requests of the signed interface look like.
@Suite(.timeLimit(.minutes(2)))
struct SignatureTests {
    private static func requests(_ url: String = "https://komodo.example") -> SignedRequests {
        SignedRequests(
            KomodoConnection(url: url, apiKey: Secret("key"), apiSecret: Secret("secret")))
    }

    private static let now = Timestamp(milliseconds: 1_769_441_400_999)

    @Test
    func theSignatureIsThatOfAnotherImplementation() {
        // printf '%s' 'POST/execute/deploy/x{}1769441400' | openssl dgst -sha256 -hmac secret
        let signature = Self.requests().signature(
            method: "POST", endpoint: "/execute/deploy/x", body: Array("{}".utf8),
            timestamp: "1769441400")
        #expect(
            signature == "5020032d29b8259c9674d4ad312fa89df15d1a116d543cbd688c6d99832c5e07")
    }

    @Test
    func theHeadersCarryKeyTimeAndSignatureButNoSecret() throws {
        let draft = SignedRequests.Draft.list("servers", [("page", "1"), ("status", "a b")])
        let request = Self.requests().signed(draft, at: Self.now)
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        #expect(request.path == "/read/servers?page=1&status=a%20b")
        #expect(headers["X-Komodo-Api-Key"] == "key")
        #expect(headers["X-Komodo-Timestamp"] == "1769441400")
        let expected = Self.requests().signature(
            method: "GET", endpoint: "/read/servers?page=1&status=a%20b", body: [],
            timestamp: "1769441400")
        #expect(headers["X-Komodo-Signature"] == expected)
        #expect(!request.headers.contains { $0.value.contains("secret") })
        #expect(request.body == nil)
    }

    @Test
    func thePathOfTheAddressIsSignedToo() {
        let draft = SignedRequests.Draft.get("server", "srv/1")
        let below = Self.requests("https://example.com/komodo").signed(draft, at: Self.now)
        let expected = Self.requests().signature(
            method: "GET", endpoint: "/komodo/read/server/srv%2F1", body: [],
            timestamp: "1769441400")
        #expect(below.headers.first { $0.name == "X-Komodo-Signature" }?.value == expected)
    }

    @Test(arguments: [
        (JobOperation.deploy, "/execute/deploy/t"), (.build, "/execute/build/t"),
        (.startServer, "/execute/server/t/start"), (.stopServer, "/execute/server/t/stop"),
        (.restartServer, "/execute/server/t/restart"), (.runProcedure, "/execute/procedure/t"),
        (.triggerAction, "/execute/action/t"), (.pullRepo, "/execute/repo/t/pull"),
        (.cloneRepo, "/execute/repo/t/clone"),
    ])
    func everyOperationHasItsPath(_ operation: JobOperation, _ path: String) {
        let target = Target(type: operation.spec.targetType, id: "t", name: "t")
        let draft = SignedRequests.Draft.execute(
            Submission(
                operation: operation, target: target, arguments: [:], idempotencyKey: "job_1.1"),
            targetID: "t")
        #expect(draft?.path == path)
        #expect(draft?.idempotencyKey == "job_1.1")
        let isAsync = operation == .runProcedure || operation == .triggerAction
        let body = draft?.body.map { String(decoding: $0, as: UTF8.self) }
        #expect(body == (isAsync ? #"{"options":{"async":true}}"# : "{}"))
    }

    @Test
    func theBodyIsWhatTheCallerSetWithoutWhatIsOurs() {
        let body = SignedOptions.body(
            of: .runProcedure,
            [
                "options": ["async": false, "timeout": 600], "variables": ["ENV": "production"],
            ])
        #expect(
            JSONValue.object(body)
                == ["options": ["async": true], "variables": ["ENV": "production"]])
        let clone = SignedOptions.body(
            of: .cloneRepo, ["options": ["branch": "main", "depth": 1, "overwrite": false]])
        #expect(
            JSONValue.object(clone)
                == ["options": ["branch": "main", "depth": 1, "overwrite": false]])
    }

    private static let refused: [(JobOperation, JSONObject, JobErrorCode)] = [
        (JobOperation.deployStack, JSONObject(), JobErrorCode.unsupportedOption),
        (.deploy, ["stop_time": 3], .unsupportedOption),
        (.deploy, ["options": ["skipCache": true]], .unsupportedOption),
        (.deploy, ["options": ["force": "yes"]], .validationError),
        (.cloneRepo, ["options": ["depth": 0]], .validationError),
        (.runProcedure, ["variables": ["A": 1]], .validationError),
        (.triggerAction, ["variables": ["A": "1"]], .unsupportedOption),
        (.triggerAction, ["payload": []], .validationError),
    ]

    @Test(arguments: refused)
    func whatCannotBeHonouredIsRefused(
        _ operation: JobOperation, _ arguments: JSONObject, _ code: JobErrorCode
    ) {
        #expect(SignedOptions.fault(in: arguments, for: operation)?.code == code)
    }

    @Test(
        arguments: [
            ("2026-01-26T15:30:00Z", 1_769_441_400_000),
            ("2026-01-26T15:30:00.250Z", 1_769_441_400_250),
            ("2026-01-26T16:30:00+01:00", 1_769_441_400_000),
            ("2026-01-26T15:30:00.123456789Z", 1_769_441_400_123),
        ] as [(String, Int64)])
    func momentsAreRead(_ text: String, _ milliseconds: Int64) {
        #expect(ISODate.parse(text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(arguments: ["", "2026-01-26", "2026-01-26T15:30:00", "2026-13-26T15:30:00Z", "soon"])
    func whatIsNoMomentIsNone(_ text: String) {
        #expect(ISODate.parse(text) == nil)
    }
}
