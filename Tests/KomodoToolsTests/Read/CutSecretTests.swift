import JSON
import JobStore
import Jobs
import KomodoClient
import MCP
import Redaction
import Synchronization
import Testing

@testable import KomodoTools

private typealias Outgoing = KomodoTools.Outgoing

/// Secrets in cut logs, in questions, and under less common names.
@Suite(.timeLimit(.minutes(5)))
struct CutSecretTests {
    /// Lines as a private key has them.
    private static let body: [String] = (0..<12).map { line in
        let letters = (0..<64).map { (place: Int) -> Character in
            let index = place * 37 + line * 11 + place * place
            return alphabet[index % 64]
        }
        return String(letters)
    }
    private static let alphabet: [Character] = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    private static let key: [String] =
        ["start", "-----BEGIN PRIVATE KEY-----"] + body
        + ["c2hvcnRsYXN0", "-----END PRIVATE KEY-----", "ready"]

    private static let outgoing = Outgoing(Redactor())

    private static func clean(_ data: JSONObject) throws -> JSONValue {
        let result = outgoing.result(
            ToolResults.success(data, at: JobTime(milliseconds: 0)), from: .komodo)
        return try #require(result.structured?["data"])
    }

    private static let cuts: [[String]] = [
        Array(key.suffix(5)), Array(key.suffix(12)), Array(key[4..<9]), Array(key[4..<5]),
        Array(key.prefix(8)), Array(body.suffix(3)) + ["QUJD+==", "done"], key,
        key.suffix(6).map { "2026-01-26T15:30:00.123456789Z " + $0 },
        key[3..<7].map { "db-1  | " + $0 }, key.suffix(5).map { $0 + "\r" },
    ]

    @Test(arguments: [#"\n"#, #"\\n"#, #"\r\n"#], [(3, 9), (4, 6), (2, 17), (5, 99), (0, 8)])
    func noKeyWithEscapedBreaksLeavesWithoutItsEnds(
        _ lineBreak: String, _ range: (Int, Int)
    ) throws {
        let lines = Self.key[range.0..<min(range.1, Self.key.count)]
        let text = #"app: {"a":1,"key":""# + lines.joined(separator: lineBreak) + #"","b":"on"}"#
        for name in ["logs", "stdout", "text"] {
            let shown =
                try Self.clean([name: .string("before\n\(text)\nafter")])[name]?.string ?? ""
            for line in Self.body { #expect(!shown.contains(line), "\(shown)") }
            #expect(shown.hasPrefix("before\n") && shown.hasSuffix("\nafter"), "\(shown)")
        }
    }

    @Test(arguments: [
        #"GET /a\nfoo bar \n baz"#, #"C:\new\release\notes\readme.txt of the program, in full"#,
        #"{"message":"first line\nsecond line\nthird line of the text","level":"info"}"#,
    ])
    func otherEscapedBreaksStay(_ text: String) {
        #expect(KeyRemains.mask(text) == text)
    }

    @Test(arguments: cuts)
    func noLineOfAKeyLeavesInACutLog(_ lines: [String]) throws {
        for name in ["logs", "stdout", "stderr", "output", "text"] {
            for value: JSONValue in [
                .string(lines.joined(separator: "\n")), .array(lines.map { .string($0) }),
            ] {
                let shown = try Self.clean([name: value]).serialized()
                for line in Self.body + ["c2hvcnRsYXN0", "QUJD+=="] {
                    let quoted = JSONValue.string(line).serialized().dropFirst().dropLast()
                    #expect(!shown.contains(quoted), "\(name): \(shown)")
                }
            }
        }
    }

    @Test func whatStandsAroundAKeyStays() {
        let masked = KeyRemains.mask(Self.key.joined(separator: "\n")).split(separator: "\n")
        #expect(masked.count == Self.key.count)
        #expect(masked.first == "start" && masked.last == "ready")
        #expect(masked.dropFirst().dropLast().allSatisfy { $0 == Redactor.replacement })
    }

    @Test(arguments: [
        "listening on 8080\nready",
        "0123456789abcdef0123456789abcdef0123456789abcdef\n"
            + "0123456789abcdef0123456789abcdef0123456789abcdef\nDone",
        "GET /a/very/long/path/that/has/more/than/forty/letters\nGET /b\n",
        "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----",
    ])
    func otherLogsStay(_ text: String) throws {
        #expect(try Self.clean(["logs": .string(text)])["logs"]?.string == text)
    }

    @Test func keysGoBeforeLinesOfAStoredLogAreChosen() {
        let logs = [
            ToolBench.log("Run", Self.key.suffix(8).joined(separator: "\n"), position: 0)
        ]
        var query = LogQuery(tail: 4)
        #expect(LogPage(logs, query).text == "== Run\n[redacted]\n[redacted]\n[redacted]\nready")
        query = LogQuery()
        query.grep = Self.body[10]
        #expect(LogPage(logs, query).lines == 0)
    }

    @Test func aContainersKeyIsMaskedBeforeItsLogIsCut() async throws {
        let text = Self.key.joined(separator: "\n") + String(repeating: "\nx", count: 19_900)
        let komodo = FakeReads(log: ContainerLog(stdout: text, stderr: "", isComplete: true))
        try await ToolBench.reading(komodo) { bench in
            let answer = try await bench.call(ToolName.getLog, ["deployment": "api"])
            let shown = try #require(answer.data["stdout"]?.string)
            #expect(!Self.body.contains(where: shown.contains))
            #expect(shown.hasSuffix("x\nx"))
        }
    }

    @Test func questionsAndProgressAreMasked() async throws {
        let asked = Mutex<[String]>([])
        try await ToolBench.offline { bench in
            var call = bench.toolCall(ToolName.stopServer)
            call = ToolCall(
                tool: call.tool, arguments: call.arguments, caller: call.caller,
                origin: call.origin, taskMode: call.taskMode,
                report: { _, message in asked.withLock { $0.append(message) } },
                canAsk: { _ in true },
                ask: { _, request in
                    if case .form(let form) = request {
                        asked.withLock { $0 += [form.message, form.schema.serialized()] }
                    }
                    return .elicitation(.declined)
                }
            ).masked(by: Outgoing(bench.context.redactor))
            call.report(1, "password=correct-horse-battery")
            _ = try await call.ask(
                "confirm",
                .form(
                    ElicitationForm(
                        message: "The image u:hunter2@r.example/a of correct-horse-battery.",
                        schema: ["description": "Type correct-horse-battery to confirm."])))
        }
        let texts = asked.withLock { $0 }
        #expect(texts.count == 3)
        for text in texts {
            #expect(!text.contains("correct-horse") && !text.contains("hunter2"), "\(text)")
        }
    }

    @Test func noSecretIsProposedAsAName() async throws {
        try await ToolBench.offline { bench in
            _ = try await bench.deploy("my-app")
            _ = try await bench.deploy("my-correct-horse-battery")
            let query = CompletionQuery(
                reference: .prompt("deploy_and_verify"), argument: "deployment", value: "my")
            let found = try await NameCompletion(context: bench.context)
                .complete(query, for: ToolBench.anna)
            #expect(found?.values == ["my-app"])
        }
    }

    @Test(arguments: [
        "dbPass", "DBPASS", "MYSQL_ROOT_PW", "AUTH_USERS", "BASIC_AUTH_HEADER", "basicAuth",
        "HTPASSWD", "DBPass", "DB_PASS_2", "rootpw", "APP_KEY",
    ])
    func secretNamesAreKnown(_ name: String) throws {
        let data = try Self.clean(["env": [name: "hunter2"]])
        #expect(data["env"]?[name]?.string == Redactor.replacement)
    }

    @Test(arguments: [
        "NODE_ENV", "BYPASS", "AUTH_URL", "OAUTH_ENABLED", "AUTH_TYPE", "AUTHOR", "PUBLIC_KEY",
        "compass", "keyboard", "PASSENGERS",
    ])
    func otherNamesAreLeftAlone(_ name: String) throws {
        #expect(try Self.clean(["env": [name: "plain"]])["env"]?[name] == "plain")
    }

    @Test(arguments: [
        (
            "redis-server --requirepass hunter2 --port 1",
            "redis-server --requirepass [redacted] --port 1"
        ),
        ("serve --basic-auth admin:hunter2", "serve --basic-auth [redacted]"),
        ("serve --basic-auth='admin:a b' -v", "serve --basic-auth='[redacted]' -v"),
        ("[\"x\", \"--requirepass\", \"hunter2\"]", "[\"x\", \"--requirepass\", \"[redacted]\"]"),
        ("serve --port 80 --auth --verbose", "serve --port 80 --auth --verbose"),
        ("u:hunter2@r.example/team/app:1", "u:[redacted]@r.example/team/app:1"),
        ("r.example/shop:1.2@sha256:0123", "r.example/shop:1.2@sha256:0123"),
        ("shop:1.2@sha256:0123", "shop:1.2@sha256:0123"),
    ])
    func commandsAndImagesAreMasked(_ text: String, _ shown: String) throws {
        for name in ["command", "image"] {
            #expect(try Self.clean([name: .string(text)])[name]?.string == shown)
        }
    }

    @Test func optionsInListsAreMasked() throws {
        let data = try Self.clean(["extra_args": ["--requirepass", "hunter2", "--basic-auth=a:b"]])
        #expect(data["extra_args"] == ["--requirepass", "[redacted]", "--basic-auth=[redacted]"])
    }

    @Test func aLogOfJSONLinesFitsInBothCopies() async throws {
        let lines = (0..<3_000).map { "{\"level\":\"info\",\"n\":\($0),\"m\":\"a\\\\b\"}" }
        try await ToolBench.offline { bench in
            let job = try await bench.deploy("api")
            let lease = try await bench.accept(job, update: "67a1b2c3d4e5f60718293a4b")
            _ = try await bench.finish(
                job, lease, as: .succeeded,
                logs: [ToolBench.log("Run", lines.joined(separator: "\n"))]
                    + (1..<90).map {
                        ToolBench.log(String(repeating: "ö\"", count: 60), "", position: $0)
                    })
            var seen: [String] = []
            var arguments: JSONObject = ["job_id": .string("\(job.id)"), "stage": "run"]
            for _ in 0..<30 {
                let answer = try await bench.call(ToolName.logs, arguments)
                guard case .text(let text, _)? = answer.result?.content.first else { break }
                #expect(answer.structured.serialized().utf8.count + text.utf8.count < 100_000)
                #expect(answer.data["notes"] == nil)
                let page = try #require(answer.data["text"]?.string)
                seen += page.split(separator: "\n").dropFirst().map(String.init)
                guard answer.data["has_more"] == true else { break }
                arguments["cursor"] = answer.data["next_cursor"]
            }
            #expect(seen == lines)
        }
    }
}
