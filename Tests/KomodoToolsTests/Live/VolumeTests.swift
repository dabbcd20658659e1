import JSON
import JobStore
import Jobs
import MCP
import Testing

@testable import KomodoTools

/// Results stay within their bounds however much there is.
@Suite(.timeLimit(.minutes(5)))
struct VolumeTests {
    /// 25,000 tokens of JSON, at a little more than two bytes each.
    private static let bytesMax = 60_000

    @Test func aWholePageOfJobsIsBounded() async throws {
        try await ToolBench.offline { bench in
            let caller = NewJob.Caller(
                principal: "os:anna", clientName: "tests", clientVersion: "1")
            let requests = (0..<300).map { number in
                let name = String(repeating: "n", count: 150) + "\(number)"
                return EnqueueRequest(
                    job: NewJob(
                        operation: .deploy,
                        target: Target(type: .deployment, id: nil, name: name),
                        instance: ToolBench.instance, keyFingerprint: ToolBench.keyFingerprint,
                        caller: caller, isNew: true))
            }
            _ = try await bench.store.enqueue(requests)
            let page = try await bench.call(ToolName.list, ["page_size": 100])
            #expect(page.data["total"] == 300)
            #expect(page.structured.serialized().utf8.count < Self.bytesMax)
            let uris = try await JobResources(context: bench.context)
                .resources(after: nil, for: ToolBench.anna).items
            #expect(uris.count == 2 + JobResources.recentMax)
        }
    }

    @Test func aHugeFailureIsBounded() async throws {
        try await ToolBench.offline { bench in
            let job = try await bench.deploy("api")
            let lease = try await bench.accept(job, update: "67a1b2c3d4e5f60718293a4b")
            let long = String(repeating: "word <b>x</b> ", count: 60_000)
            _ = try await bench.finish(
                job, lease, as: .failed(JobError(.executionError, long)),
                logs: (0..<200).map {
                    ToolBench.log(
                        "Stage \($0) " + String(repeating: "s", count: 500), long,
                        position: $0, success: $0 < 199)
                })
            let id: JSONObject = ["job_id": .string("\(job.id)")]
            for name in [ToolName.get, ToolName.logs] {
                let answer = try await bench.call(name, id)
                #expect(answer.structured.serialized().utf8.count < Self.bytesMax, "\(name)")
            }
        }
    }

    @Test func aWholePageOfFailuresIsBounded() async throws {
        try await ToolBench.offline { bench in
            try bench.seedHistory(200, unfinished: 1)
            let raw = try RawDatabase(path: bench.store.path)
            let long = String(repeating: "Dockerfile:12 failed ", count: 50)
            try raw.run(
                "UPDATE job SET error_code = 'EXECUTION_ERROR', error_message = '\(long)', "
                    + "target_name = '\(String(repeating: "n", count: 180))' || id")
            for size in [10, 50, 100] {
                let page = try await bench.call(ToolName.list, ["page_size": .int(size)])
                #expect(page.data["items"]?.array?.count == size)
                let bytes = page.structured.serialized().utf8.count
                #expect(bytes < Self.bytesMax, "\(size): \(bytes)")
            }
            let queue = try await QueueResource.data(
                for: .local(ToolBench.anna), in: bench.context)
            #expect(JSONValue.object(queue).serialized().utf8.count < Self.bytesMax)
        }
    }

    @Test func expectedStepsAreBounded() async throws {
        try await ToolBench.offline { bench in
            let job = try await bench.deploy("api")
            let lease = try await bench.accept(job, update: "67a1b2c3d4e5f60718293a4b")
            let stage = "<b>Stage</b> " + String(repeating: "s", count: 500)
            _ = try await bench.finish(
                job, lease, as: .succeeded,
                logs: (0..<400).map { ToolBench.log("\(stage) \($0)", "ok", position: $0) })
            let next = try await bench.call(ToolName.deploy, ["id": "api"])
            let steps = next.data["steps"]?.array?.compactMap(\.string) ?? []
            #expect(steps.count == 50)
            #expect(steps.allSatisfy { $0.count <= 100 && !$0.contains("<b>") })
        }
    }
}
