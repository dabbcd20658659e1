import JSON
import JobStore
import Jobs
import MCP
import Testing

@testable import KomodoTools

/// Results stay within their bounds however much there is.
@Suite(.timeLimit(.minutes(2)))
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
}
