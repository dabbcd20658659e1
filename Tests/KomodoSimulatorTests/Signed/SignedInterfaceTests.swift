import JSON
import KomodoSimulator
import Testing

@testable import KomodoSimulator

/// The signed interface of the simulator.
@Suite(.timeLimit(.minutes(2)))
struct SignedInterfaceTests {
    private static func id(_ kind: ResourceKind, _ name: String) -> String {
        WorldResource.id(of: kind, name)
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func digestsAreThoseOfTheStandard(_ text: String, _ digest: String) {
        let bytes = MessageDigest.sha256(Array(text.utf8))
        let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(hex == digest)
    }

    @Test
    func authenticationCodesAreThoseOfTheStandard() {
        // RFC 4231, test case 2.
        #expect(
            MessageDigest.hmac(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test
    func onlyAGoodSignatureIsAccepted() async throws {
        try await withKomodoSimulator(quickSigned()) { _, address in
            let good = SignedCaller(address)
            #expect(try await good.get("/read/servers").status == 200)
            var wrongSecret = good
            wrongSecret.secret = "other"
            var wrongKey = good
            wrongKey.key = "other"
            var wrongProof = good
            wrongProof.signature = String(repeating: "0", count: 64)
            for caller in [wrongSecret, wrongKey, wrongProof] {
                let answer = try await caller.get("/read/servers")
                #expect(answer.status == 401)
                #expect(answer.json["code"]?.string == "AUTH_ERROR")
                #expect(answer.fields["date"] != nil)
            }
        }
    }

    @Test(arguments: [(-50, 200), (50, 200), (-70, 401), (70, 401)] as [(Int64, Int)])
    func signaturesOfAnotherTimeAreRefused(_ ahead: Int64, _ status: Int) async throws {
        try await withKomodoSimulator(quickSigned()) { _, address in
            var caller = SignedCaller(address)
            caller.ahead = ahead
            let answer = try await caller.get("/read/servers")
            #expect(answer.status == status)
        }
    }

    @Test
    func pagesHaveTheDocumentedShape() async throws {
        try await withKomodoSimulator(quickSigned()) { _, address in
            let caller = SignedCaller(address)
            let page = try await caller.get("/read/deployments?page=2&page_size=4").json
            #expect(page["items"]?.array?.count == 4)
            #expect(page["page"]?.int == 2 && page["pageSize"]?.int == 4)
            #expect((page["total"]?.int ?? 0) > 8 && (page["totalPages"]?.int ?? 0) > 2)
            for query in ["page=0", "page_size=0", "page_size=101", "page=x"] {
                let answer = try await caller.get("/read/deployments?\(query)")
                #expect(answer.status == 400)
                #expect(answer.json["code"]?.string == "VALIDATION_ERROR")
            }
        }
    }

    @Test
    func whatIsNotThereIsNotFound() async throws {
        try await withKomodoSimulator(quickSigned()) { _, address in
            let caller = SignedCaller(address)
            for path in ["/read/server/none", "/read/nonsense", "/version"] {
                let answer = try await caller.get(path)
                #expect(answer.status == 404)
                #expect(answer.json["code"]?.string == "NOT_FOUND")
            }
            #expect(try await caller.post("/execute/deploy/none").status == 404)
            #expect(try await caller.post("/read", ["type": "GetVersion"]).status == 404)
        }
    }

    @Test
    func theForbiddenIsForbidden() async throws {
        try await withKomodoSimulator(quickSigned()) { _, address in
            let caller = SignedCaller(address)
            let id = Self.id(.deployment, "secret-vault")
            #expect(try await caller.get("/read/deployment/\(id)").status == 403)
            let answer = try await caller.post("/execute/deploy/\(id)")
            #expect(answer.status == 403 && answer.json["code"]?.string == "FORBIDDEN")
        }
    }

    @Test
    func aDeployRunsAndEndsInTheHistory() async throws {
        try await withKomodoSimulator(quickSigned()) { simulator, address in
            let caller = SignedCaller(address)
            let id = Self.id(.deployment, "web")
            let answer = try await caller.post("/execute/deploy/\(id)", ["options": [:]])
            #expect(answer.status == 200)
            #expect(answer.json["status"]?.string == "started")
            #expect(answer.json["job_id"]?.string?.hasPrefix("job_deploy_") == true)
            let entry = try await eventually {
                try await caller.get("/read/deployment/\(id)").json["deployment_history"]?
                    .array?.first
            }
            #expect(entry["status"]?.string == "success")
            #expect(simulator.ledger.submissions(of: "Deploy", target: "web").count == 1)
        }
    }

    @Test
    func aTargetAtWorkIsAConflict() async throws {
        let faults = FaultScript(resources: [ResourceFault("web", .hangs)])
        try await withKomodoSimulator(quickSigned { $0.faults = faults }) { _, address in
            let caller = SignedCaller(address)
            let path = "/execute/deploy/" + Self.id(.deployment, "web")
            #expect(try await caller.post(path).status == 200)
            let second = try await caller.post(path)
            #expect(second.status == 409 && second.json["code"]?.string == "CONFLICT")
        }
    }

    @Test
    func aKeyReplaysItsAnswer() async throws {
        try await withKomodoSimulator(quickSigned()) { simulator, address in
            var caller = SignedCaller(address)
            caller.idempotencyKey = "job_1.1"
            let path = "/execute/build/" + Self.id(.build, "my-app")
            let first = try await caller.post(path)
            #expect(try await caller.post(path).text == first.text)
            #expect(simulator.ledger.submissions(of: "RunBuild").count == 1)
            let other = "/execute/build/" + Self.id(.build, "api-image")
            #expect(try await caller.post(other).status == 409)
        }
    }

    @Test
    func theLimitIsCountedAndObeyed() async throws {
        let options = quickSigned { $0.signedRequestsPerMinute = 3 }
        try await withKomodoSimulator(options) { _, address in
            let caller = SignedCaller(address)
            for left in [2, 1, 0] {
                let answer = try await caller.get("/read/servers")
                #expect(answer.fields["x-ratelimit-remaining"] == "\(left)")
            }
            let answer = try await caller.get("/read/servers")
            #expect(answer.status == 429)
            #expect(answer.json["code"]?.string == "RATE_LIMIT_ERROR")
            #expect((1...60).contains(answer.json["retry_after"]?.int ?? 0))
        }
    }

    @Test
    func stylesChangeTheSpellingAndTheEnvelope() async throws {
        let style = SignedStyle(isEnveloped: true, isCamelCase: true, isModuleShaped: false)
        try await withKomodoSimulator(quickSigned { $0.signedStyle = style }) { _, address in
            let answer = try await SignedCaller(address).get("/read/deployments?page_size=1").json
            #expect(answer["status"]?.int == 200 && answer["timestamp"]?.string != nil)
            let item = answer["data"]?["items"]?.array?.first
            #expect(item?["serverId"]?.string != nil)
            #expect(item?["env"]?["NODE_ENV"]?.string == "production")
        }
    }

    @Test(arguments: [SimulatedAPI.core, .both])
    func coreAnswersAsEverBesideIt(_ api: SimulatedAPI) async throws {
        try await withKomodoSimulator(quick { $0.api = api }) { _, address in
            let core = SimulatorCaller(address)
            #expect(try await core.call("read", "GetVersion").status == 200)
            let signed = try await SignedCaller(address).get("/read/servers")
            #expect((signed.status == 200) == (api == .both))
        }
    }

    @Test
    func faultsApplyByTheNamesOfCore() async throws {
        let rule = FaultRule(
            type: "Deploy", target: "web", times: 1, action: .status(502, body: "down"))
        let options = quickSigned { $0.faults = FaultScript(rules: [rule]) }
        try await withKomodoSimulator(options) { _, address in
            let path = "/execute/deploy/" + Self.id(.deployment, "web")
            let first = try await SignedCaller(address).post(path)
            let second = try await SignedCaller(address).post(path)
            #expect(first.status == 502 && second.status == 200)
        }
    }
}
