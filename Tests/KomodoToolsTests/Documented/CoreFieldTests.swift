import JSON
import JobStore
import KomodoClient
import MCP
import Testing

@testable import KomodoTools

/// What of the documented fields a real Core has: each is found with its type, or named in
/// ``CoreGaps`` with the reason.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct CoreFieldTests {
    /// Operations that leave something in every history.
    private static let runs: [(String, String)] = [
        (ToolName.deploy, "my-app"), (ToolName.build, "api-image"),
        (ToolName.runProcedure, "nightly"), (ToolName.triggerAction, "report"),
        (ToolName.pullRepo, "infra"),
    ]

    @Test func everyDocumentedFieldOfReadsIsFoundOrNamedAsMissing() async throws {
        try await ToolBench.live { bench in
            for (tool, target) in Self.runs {
                let ended = try await bench.call(
                    tool, ["id": .string(target), "wait_seconds": 45])
                #expect(ended.data["status"] == "success", "\(ended.structured)")
            }
            for noun in Example.nouns {
                let list = try await bench.call(
                    "komodo_read_List\(noun)s", ["page_size": 100])
                Self.compare("komodo_read_List\(noun)s", [list])
                let ids = (list.data["items"]?.array ?? []).compactMap { $0["id"] }
                var details: [Answer] = []
                for id in ids {
                    details.append(try await bench.call("komodo_read_Get\(noun)", ["id": id]))
                }
                Self.compare("komodo_read_Get\(noun)", details)
            }
        }
    }

    @Test(arguments: [
        (ToolName.deploy, "my-app"), (ToolName.build, "api-image"),
        (ToolName.startServer, "staging"), (ToolName.stopServer, "staging"),
        (ToolName.restartServer, "prod-2"), (ToolName.runProcedure, "nightly"),
        (ToolName.triggerAction, "report"), (ToolName.pullRepo, "infra"),
        (ToolName.cloneRepo, "docs"),
    ])
    func everyDocumentedFieldOfExecutionsIsFoundOrNamedAsMissing(
        _ tool: String, _ target: String
    ) async throws {
        var arguments: JSONObject = ["id": .string(target), "wait_seconds": 45]
        if tool == ToolName.cloneRepo { arguments["options"] = ["overwrite": true] }
        let hasTimeout = tool.hasSuffix("Server") || tool == ToolName.runProcedure
        if hasTimeout { arguments["options"] = ["timeout": 120] }
        try await ToolBench.live { [arguments] bench in
            let asking = Answering.answers(.accepted(["confirm": true, "target": .string(target)]))
            // Three runs are needed before a duration is estimated.
            var answers: [Answer] = []
            for _ in 0..<3 {
                answers.append(try await bench.call(tool, arguments, asking: asking))
            }
            var again = arguments
            again["wait_seconds"] = 0
            let second = try await bench.call(tool, again, asking: asking)
            let row = try await bench.store.job(try #require(second.jobID)).row
            _ = try await bench.context.changes.wait(atMost: ToolBench.limit) {
                try await bench.store.job(row: row).flatMap { $0.startedAt == nil ? nil : true }
            }
            let running = try await bench.call(
                ToolName.get, ["job_id": .string(try #require(second.jobID))])
            Self.compare(tool, answers + [second, running])
        }
    }

    /// Compares the documented fields of a tool with those that its answers have together.
    private static func compare(_ tool: String, _ answers: [Answer]) {
        guard let example = Example.reference.first(where: { $0.tool == tool }) else {
            Issue.record("\(tool) has no example")
            return
        }
        let found = answers.reduce(into: Set<DocumentedField>()) {
            $0.formUnion(DocumentedField.all(in: $1.data))
        }
        let documented = DocumentedField.all(in: .object(example.response))
        let missing = documented.subtracting(found)
        let named = Set(documented.filter { CoreGaps.reason(tool, $0.path) != nil })
        #expect(
            missing.subtracting(named).isEmpty,
            "\(tool) lacks \(missing.subtracting(named).sorted())")
        #expect(
            named.subtracting(missing).isEmpty,
            "\(tool) has after all \(named.subtracting(missing).sorted())")
    }

    @Test func everyNamedGapIsADocumentedField() {
        for gap in CoreGaps.all {
            let isDocumented = Example.reference.contains { example in
                gap.tools.contains(example.tool)
                    && DocumentedField.all(in: .object(example.response)).contains { field in
                        gap.paths.contains(field.path)
                    }
            }
            #expect(isDocumented, "\(gap.paths)")
            #expect(!gap.reason.isEmpty)
        }
    }
}
