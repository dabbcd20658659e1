import JSON
import JobStore
import Jobs
import KomodoClient
import MCP
import ScriptedHTTP
import Testing

@testable import KomodoTools

/// Every documented answer to an execution, in both documented shapes, served by a Komodo with the
/// signed interface.
@Suite(.timeLimit(.minutes(5)))
struct ExecuteExampleTests {
    /// Members that say in the results of tools what they say of jobs: the job is ours, and so are
    /// its id, its state and its times.
    private static let ours: Set = [
        "job_id", "status", "message", "started_at", "completed_at", "duration", "success",
        "timestamp", "action", "operation",
    ]
    /// What the module calls otherwise than the reference.
    private static let renamed = [
        "job_id": "remote_job_id", "path": "target_path", "logs": "output",
    ]

    /// The members of a module's answer as the tools name and write them.
    private static func told(_ response: JSONObject) -> [(String, JSONValue)] {
        let document =
            ExampleKomodo.spelled(.object(response), .snakeCase).object ?? [:]
        return document.members.compactMap { member in
            let name = renamed[member.key] ?? member.key
            switch member.key {
            case "logs":
                let lines = member.value.array?.compactMap(\.string) ?? []
                return (name, .string(lines.joined(separator: "\n")))
            case "steps":
                guard let first = member.value.array?.first, first.object != nil else {
                    return (name, member.value)
                }
                return (name, .array(member.value.array?.compactMap { $0["name"] } ?? []))
            default: return ours.contains(name) ? nil : (name, member.value)
            }
        }
    }

    @Test(
        arguments: (Example.reference + Example.guide).filter(\.isExecution),
        ExampleKomodo.Style.all)
    func everyFieldOfTheReferenceIsInTheJob(
        _ example: Example, _ style: ExampleKomodo.Style
    ) async throws {
        let data = try await Self.job(of: example, style)
        let word = example.response["status"]?.string
        // A success is not believed before Komodo's own history shows it, so the job still runs.
        let isFollowed = word == "success"
        for member in example.response.members
        where !isFollowed || !["completed_at", "duration"].contains(member.key) {
            let found = data[member.key]
            #expect(
                found.map(DocumentedField.type) == DocumentedField.type(of: member.value),
                "\(member.key): \(found ?? .null) in \(data)")
            if !Self.ours.contains(member.key), member.key != "estimated_duration" {
                #expect(found == member.value, "\(member.key)")
            }
        }
        #expect(data["remote_job_id"] == example.response["job_id"])
        #expect(data["operation_status"]?.string == (isFollowed ? "executing" : word))
    }

    @Test(arguments: Example.module, ExampleKomodo.Style.all)
    func everyFieldOfTheModuleIsInTheJobWhenItIsKnown(
        _ example: Example, _ style: ExampleKomodo.Style
    ) async throws {
        let data = try await Self.job(of: example, style)
        for (name, value) in Self.told(example.response) {
            #expect(data[name] == value, "\(name): \(data[name] ?? .null) in \(data)")
        }
        for name in ["status", "message", "started_at", "operation"] {
            #expect(data[name]?.string != nil, "\(name)")
        }
        if let action = example.response["action"] { #expect(data["action"] == action) }
        if let operation = example.response["operation"] { #expect(data["operation"] == operation) }
        if let id = example.response["jobId"] { #expect(data["remote_job_id"] == id) }
    }

    @Test(
        arguments: Example.module.prefix(9),
        ExampleKomodo.Style.all.filter { $0.spelling != .documented })
    func everyDocumentedStatusMeansWhatItSays(
        _ example: Example, _ style: ExampleKomodo.Style
    ) async throws {
        var komodo = ExampleKomodo(style: style, execution: example)
        for word in example.statuses {
            var response = example.response
            response["status"] = .string(word)
            // No two runs have one id.
            for name in ["jobId", "executionId"] where response[name] != nil {
                response[name] = .string("run-\(word)")
            }
            komodo.targets["target-\(word)"] = response
        }
        try await ToolBench.documented(komodo, works: true) { bench, _ in
            for word in example.statuses {
                let request: JSONObject = ["id": .string("target-\(word)")]
                let data = try await Self.accepted(example.tool, request, bench)
                let hasID = ["jobId", "executionId"].contains { example.response[$0] != nil }
                let expected = Self.status(word, example.tool, isFollowed: hasID)
                #expect(data["status"]?.string == expected.rawValue, "\(word): \(data)")
                #expect(
                    data["success"]?.bool == (expected == .running ? nil : expected == .success))
            }
        }
    }

    /// What a word for the state of a run means for its job: a success of a run with an id is not
    /// believed before Komodo's history shows it.
    private static func status(
        _ word: String, _ tool: String, isFollowed: Bool
    ) -> JobStatus {
        switch word {
        case "completed": isFollowed ? .running : .success
        case "stopped": .success
        case "running":
            [ToolName.startServer, ToolName.restartServer].contains(tool) ? .success : .running
        case "failed", "error", "partial": .failed
        default: .running
        }
    }

    /// The job of an example when Komodo has answered.
    private static func job(
        of example: Example, _ style: ExampleKomodo.Style
    ) async throws -> JSONValue {
        var komodo = ExampleKomodo(style: style, execution: example)
        let prefix = "_id"
        var request = example.request ?? [:]
        if request["id"] == nil {
            request["id"] =
                example.response.members.first {
                    $0.key.hasSuffix(prefix) && !["job_id", "execution_id"].contains($0.key)
                }?.value
        }
        request["variables"] = request["variables"] ?? example.response["variables"]
        let id = request["id"]?.string ?? ""
        let isKnown = Example.reference.contains { $0.request?["id"]?.string == id }
        if !isKnown { komodo.targets[id] = example.response }
        let found = Collector<JSONValue>()
        try await ToolBench.documented(komodo, works: true) { [request] bench, server in
            found.add(try await accepted(example.tool, request, bench))
            let sent = server.received.requests.filter { $0.method == "POST" }
            #expect(sent.count == 1)
        }
        return try #require(found.all.first)
    }

    /// Orders an operation and reads its job as soon as Komodo has answered.
    private static func accepted(
        _ tool: String, _ request: JSONObject, _ bench: ToolBench
    ) async throws -> JSONValue {
        var request = request
        request["wait_seconds"] = 0
        let id = try #require(request["id"]?.string)
        let name = try #require(bench.context.reads)
        let type = ExecuteRegistry.tools.first { $0.name == tool }?.operation.spec.targetType
        let resource = try await name.resource(try #require(type), id)
        let answers: JSONObject = ["confirm": true, "target": resource["name"] ?? .string(id)]
        let ordered = try await bench.call(tool, request, asking: .answers(.accepted(answers)))
        let job = try #require(ordered.jobID, "\(ordered.structured)")
        let row = try await bench.store.job(job).row
        let isOver = try await bench.context.changes.wait(atMost: ToolBench.limit) {
            try await bench.store.job(row: row).flatMap {
                [.pending, .starting].contains($0.state.status) ? nil : true
            }
        }
        #expect(isOver == true)
        return try await bench.call(ToolName.get, ["job_id": .string(job)]).data
    }
}
