import JSON
import JobStore
import Jobs
import KomodoClient
import MCP
import Testing

@testable import KomodoTools

/// No answer is too long for a model, whatever Komodo and the database hold: measured as it is sent.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct MonstrousTests {
    /// 25,000 tokens at four characters each.
    private static let charactersMax = 100_000

    /// Texts that are longer when they are sent.
    static let texts: [String] = [
        "plain words in a line of a log\n", "\"\\", "\u{1}\t\"", "🧨🏴󠁧󠁢󠁥󠁮󠁧󠁿 ", "äöü\n",
        "{\"a\":\"b\\n\"} ",
    ]

    /// `text` repeated to a length in bytes.
    private static func long(_ text: String, _ bytes: Int) -> String {
        String(repeating: text, count: max(1, bytes / text.utf8.count))
    }

    /// A document with every free text, list and map of it blown up.
    private static func blown(
        _ value: JSONValue, _ text: String, _ size: Int, name: String = ""
    ) -> JSONValue {
        switch value {
        case .string:
            return words.contains(name) || name == "id" || name.hasSuffix("_id")
                ? value : .string(long(text, size))
        case .array(let items):
            let grown = items.map { blown($0, text, size, name: name) }
            return .array((0..<4).flatMap { _ in grown })
        case .object(let object):
            var result = JSONObject()
            for member in object.members {
                result[member.key] = blown(member.value, text, size, name: member.key)
            }
            if ["env", "labels"].contains(name) {
                for number in 0..<(size / 50) {
                    result["\(number)" + long(text, 150)] = .string(text)
                }
                result[long(text, 5_000)] = .string(text)
            }
            return .object(result)
        case .null, .bool, .number: return value
        }
    }

    /// Members with words or moments of a schema.
    private static let words: Set<String> = [
        "status", "severity", "createdAt", "updatedAt", "state", "trigger", "type", "provider",
    ]

    /// The result of a call as it is sent, which must not be too long.
    @discardableResult
    private static func expectShort(
        _ name: String, _ arguments: JSONObject, _ client: RPCClient, _ note: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let message = try await client.exchange(
            "tools/call", ["name": .string(name), "arguments": .object(arguments)])
        let sent = message.serialized()
        #expect(
            sent.utf8.count < charactersMax, "\(name) \(note): \(sent.utf8.count)",
            sourceLocation: sourceLocation)
        let result = try #require(message["result"], "\(name): \(sent.prefix(300))")
        if let text = result["content"]?.array?.first?["text"]?.string,
            let structured = result["structuredContent"]
        {
            #expect(
                try JSONValue(parsing: Answer.unframed(text)) == structured,
                sourceLocation: sourceLocation)
        }
        return result["structuredContent"] ?? .null
    }

    private static func expectSchema(_ value: JSONValue, _ name: String) throws {
        let entry = try #require(KomodoToolProvider.entry(name))
        let problems = try JSONSchema(try #require(entry.tool.outputSchema)).problems(in: value)
        #expect(problems.isEmpty, "\(name): \(problems.prefix(3).map(\.message))")
    }

    @Test(arguments: ReadToolTests.lists + ReadToolTests.details)
    func noReadToolSaysTooMuch(_ sample: ReadToolTests.Case) async throws {
        let isList = sample.arguments["page_size"] != nil
        for text in [Self.texts[1], Self.texts[5]] {
            let document =
                Self.blown(.object(sample.document), text, isList ? 500 : 12_000).object ?? [:]
            let komodo = FakeReads(
                items: Array(repeating: document, count: 50), document: document)
            try await ToolBench.reading(komodo) { bench in
                var arguments = sample.arguments
                if isList { arguments["page_size"] = 100 }
                let client = try await RPCClient(bench)
                let result = try await Self.expectShort(
                    sample.name, arguments, client, "with \(text.debugDescription)")
                try Self.expectSchema(result, sample.name)
                #expect(result["data"]?["notes"]?.array?.isEmpty == false, "\(sample.name)")
                guard isList else { return }
                #expect(result["data"]?["total"] == 50, "\(sample.name)")
                #expect(result["data"]?["items"]?.array?.isEmpty == false, "\(sample.name)")
            }
        }
    }

    /// The pages that the notes of cut ones lead to, joined, are the list.
    @Test(arguments: texts)
    func cutPagesLeadToTheRest(_ text: String) async throws {
        let items = (0..<90).map { number in
            ReadDocuments.joined(
                ReadDocuments.container,
                with: [
                    "name": .string("c\(number)"), "image": .string(Self.long(text, number * 100)),
                ])
        }
        try await ToolBench.reading(FakeReads(items: items)) { bench in
            let client = try await RPCClient(bench)
            var seen: [String] = []
            var (size, number): (Int64, Int64) = (100, 1)
            for _ in 0..<100 where seen.count < 90 {
                let page = try await Self.expectShort(
                    ToolName.listContainers,
                    ["page_size": .int(size), "page": .int(number)], client)["data"]
                let names = page?["items"]?.array?.compactMap { $0["name"]?.string } ?? []
                let first = try #require(names.first.flatMap { Int($0.dropFirst()) })
                try #require(first <= seen.count && page?["total"] == 90, "\(names)")
                seen += names.dropFirst(seen.count - first)
                let notes = page?["notes"]?.array?.compactMap(\.string) ?? []
                if let hint = notes.first(where: { $0.hasPrefix("Ask with page_size ") }) {
                    let numbers = hint.split(separator: " ").compactMap { Int64($0) }
                    (size, number) = (numbers[0], numbers[1])
                } else {
                    number += 1
                }
            }
            #expect(seen == (0..<90).map { "c\($0)" })
        }
    }

    @Test(arguments: texts)
    func noContainerLogIsTooLong(_ text: String) async throws {
        let log = ContainerLog(
            stdout: Self.long(text, 300_000), stderr: Self.long(text, 150_000),
            isComplete: true)
        try await ToolBench.reading(FakeReads(log: log)) { bench in
            let result = try await Self.expectShort(
                ToolName.getLog, ["deployment": "a"], try await RPCClient(bench))
            #expect(result["data"]?["beginning_omitted"] == true)
            #expect(result["data"]?["notes"] == nil, "\(result["data"]?["notes"] ?? .null)")
            let shown = result["data"]?["stdout"]?.string?.split(separator: "\n").count ?? 0
            #expect(shown > 0)
        }
    }

    @Test func aLogOfFiveMegabytesIsCut() async throws {
        let log = ContainerLog(
            stdout: Self.long("words in a line\n", 5_000_000), stderr: "", isComplete: true)
        try await ToolBench.reading(FakeReads(log: log)) { bench in
            let result = try await Self.expectShort(
                ToolName.getLog, ["deployment": "a"], try await RPCClient(bench))
            #expect(result["data"]?["lines_fetched"] == 312_500)
            let text = result["data"]?["stdout"]?.string ?? ""
            #expect(text.utf8.count > 30_000)
            #expect(
                result["data"]?["lines_shown"]?.int
                    == Int64(text.utf8.count { $0 == UInt8(ascii: "\n") }))
        }
    }

    @Test func deepAndWideDocumentsAreCut() async throws {
        var deep: JSONValue = .string(Self.long("deep \"", 500_000))
        for level in 0..<110 { deep = level.isMultiple(of: 2) ? [deep, deep] : ["a": deep] }
        let wide = JSONObject(
            (0..<3_000).map { ("\($0)" + Self.long("\"k\"", 190), JSONValue.string("v")) })
        let many = JSONValue.array((0..<10_000).map { ["stage": .string("s\($0)")] })
        let huge = JSONValue.number(String(repeating: "9", count: 300_000))
        for document: JSONObject in [
            ["related_alerts": deep], ["extra": .object(wide)], ["timeline": many],
            ["more": huge, "others": [huge, 1]], [Self.long("k", 900_000): 1],
            [Self.long("\u{2}", 150): ["\u{3}": .string(Self.long("\u{4}", 200_000))]],
        ] {
            let alert = ReadDocuments.joined(["id": "a"], with: document)
            let bound = OutgoingBound.fit(
                ["data": .object(alert), "status": 200], in: 90_000, as: .result)
            #expect(OutgoingWeight.result.of(bound) <= 90_000)
            #expect(bound["data"]?["id"] == "a" && bound["status"] == 200)
            #expect(bound["data"]?["notes"]?.array?.isEmpty == false)
        }
    }

    /// The weight is what the serialized parts have.
    @Test(arguments: texts)
    func theWeightIsWhatIsSent(_ text: String) {
        let value: JSONValue = [
            "a": .string(Self.long(text, 500)), text: [1, true, .null, [:], []],
            "n": ["x": .number("0.5")],
        ]
        let json = value.serialized()
        let inText = JSONValue.string(json).serialized().utf8.count - 2
        // Each list and object is counted with a comma more than it has.
        let spare = 4
        let result = OutgoingWeight.result.of(value)
        #expect(
            result >= json.utf8.count + inText && result <= json.utf8.count + inText + 2 * spare)
        let document = OutgoingWeight.document.of(value)
        #expect(document >= inText && document <= inText + spare)
        #expect(OutgoingWeight.text.of(text) == JSONValue.string(text).serialized().utf8.count)
        for limit in [20, 100, 333] {
            for part in [
                OutgoingWeight.result.head(of: Self.long(text, 900), max: limit),
                OutgoingWeight.result.tail(of: Self.long(text, 900), max: limit),
            ] {
                #expect(OutgoingWeight.result.of(part) <= limit)
                #expect(!part.contains("\u{FFFD}"))
            }
        }
    }

    // MARK: Jobs

    /// A database of jobs whose every text is as long as it can be.
    private static func seed(_ bench: ToolBench, _ text: String) throws {
        try bench.seedHistory(120, unfinished: 40)
        let raw = try RawDatabase(path: bench.store.path)
        func quoted(_ bytes: Int) -> String {
            "'"
                + long(text.filter { $0 != "\u{1}" && $0 != "\n" }, bytes)
                .split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
                + "'"
        }
        try raw.run(
            "UPDATE job SET error_code = 'EXECUTION_ERROR', "
                + "target_name = \(quoted(1_000)) || id, error_message = \(quoted(3_000))")
    }

    @Test(arguments: texts)
    func noToolForJobsSaysTooMuch(_ text: String) async throws {
        try await ToolBench.offline { bench in
            let job = try await bench.deploy("api")
            let lease = try await bench.accept(job, update: ReadDocuments.id)
            _ = try await bench.finish(
                job, lease, as: .failed(JobError(.executionError, Self.long(text, 60_000))),
                logs: (0..<20).map {
                    ToolBench.log(
                        Self.long(text, 300) + "\($0)", Self.long(text, 4_000), position: $0,
                        stderr: Self.long(text, 1_000), command: Self.long(text, 2_000),
                        success: $0 < 19)
                })
            try Self.seed(bench, text)
            for client in [
                try await RPCClient(bench), RPCClient(modern: bench, capabilities: [:]),
            ] {
                let id: JSONObject = ["job_id": .string("\(job.id)")]
                for name in [
                    ToolName.get, ToolName.logs, ToolName.wait, ToolName.cancel, ToolName.retry,
                    ToolName.resolve,
                ] {
                    var arguments = id
                    if name == ToolName.resolve { arguments["resolution"] = "retry" }
                    try await Self.expectShort(name, arguments, client, text.debugDescription)
                }
                for name in [ToolName.list, ToolName.stats, ToolName.budget] {
                    try await Self.expectShort(name, [:], client, text.debugDescription)
                }
                let page = try await Self.expectShort(ToolName.list, ["page_size": 100], client)
                #expect(page["data"]?["items"]?.array?.count == 100, "\(text.debugDescription)")
                #expect(page["data"]?["notes"]?.array?.count == 1, "\(text.debugDescription)")
                try Self.expectSchema(page, ToolName.list)
                try await Self.expectShort(
                    ToolName.deploy, ["id": .string(Self.long("\"", 200))], client)
                try await Self.expectShort(
                    ToolName.deploy, [Self.long(text, 50_000): .string(Self.long(text, 90_000))],
                    client)
            }
        }
    }

    @Test(arguments: texts)
    func noResourceIsTooLong(_ text: String) async throws {
        try await ToolBench.offline { bench in
            let job = try await bench.deploy("api")
            let lease = try await bench.accept(job, update: ReadDocuments.id)
            _ = try await bench.finish(
                job, lease, as: .failed(JobError(.executionError, Self.long(text, 60_000))),
                logs: (0..<20).map {
                    ToolBench.log("Stage", Self.long(text, 6_000), position: $0)
                })
            try Self.seed(bench, text)
            let client = try await RPCClient(bench)
            for uri in [
                "komodo://jobs/\(job.id)", "komodo://jobs/\(job.id)/log", "komodo://queue",
                "komodo://budget",
            ] {
                let message = try await client.exchange("resources/read", ["uri": .string(uri)])
                let sent = message.serialized()
                #expect(sent.utf8.count < Self.charactersMax, "\(uri): \(sent.utf8.count)")
                #expect(message["result"] != nil, "\(sent.prefix(300))")
            }
        }
    }

    @Test(arguments: ["plain words of a log ", "\"\\\"", "--token x ", "äöü"])
    func pagesOfAJobsLogLoseNothing(_ text: String) async throws {
        try await ToolBench.offline { bench in
            let job = try await bench.deploy("api")
            let lease = try await bench.accept(job, update: ReadDocuments.id)
            let lines = (0..<1_000).map { "\($0) " + Self.long(text, 90) }
            _ = try await bench.finish(
                job, lease, as: .succeeded,
                logs: [ToolBench.log("Run", lines.joined(separator: "\n"))])
            let client = try await RPCClient(bench)
            var seen: [String] = []
            var arguments: JSONObject = ["job_id": .string("\(job.id)")]
            for _ in 0..<100 {
                let page = try await Self.expectShort(ToolName.logs, arguments, client)["data"]
                #expect(page?["lines_total"] == 1_000 && page?["notes"] == nil, "\(text)")
                seen += (page?["text"]?.string ?? "").split(separator: "\n").dropFirst()
                    .map(String.init)
                guard page?["has_more"] == true, let cursor = page?["next_cursor"] else { break }
                arguments["cursor"] = cursor
            }
            #expect(seen.map { $0.prefix { $0 != " " } } == (0..<1_000).map { "\($0)" })
        }
    }
}
