import JSON
import JobStore
import Jobs
import MCP
import Testing

@testable import KomodoTools

/// The tools against a simulated Komodo, with a real worker between.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct LiveToolTests {
    @Test(arguments: [
        (ToolName.deploy, "my-app", "deployment"), (ToolName.build, "api-image", "build"),
        (ToolName.startServer, "staging", "server"), (ToolName.stopServer, "staging", "server"),
        (ToolName.restartServer, "prod-2", "server"),
        (ToolName.runProcedure, "nightly", "procedure"),
        (ToolName.triggerAction, "report", "action"), (ToolName.pullRepo, "infra", "repo"),
        (ToolName.cloneRepo, "docs", "repo"),
    ])
    func everyToolRunsToItsEnd(_ name: String, _ target: String, _ prefix: String) async throws {
        var arguments: JSONObject = ["id": .string(target), "wait_seconds": 45]
        if name == ToolName.cloneRepo { arguments["options"] = ["overwrite": true] }
        try await ToolBench.live { [arguments] bench in
            let answer = try await bench.call(
                name, arguments,
                asking: .answers(.accepted(["confirm": true, "target": .string(target)])))
            #expect(!answer.isError, "\(answer.structured)")
            #expect(answer.data["status"] == "success", "\(answer.structured)")
            #expect(answer.data["success"] == true)
            #expect(answer.data["\(prefix)_name"]?.string == target)
            #expect(answer.data["\(prefix)_id"]?.string?.count == 24)
            #expect(answer.data["log_url"]?.string?.contains("/updates/") == true)
            #expect(answer.data["steps"]?.array?.isEmpty == false)
            #expect(answer.data["duration_ms"]?.int != nil)
            let job = try #require(answer.jobID)
            let log = try await bench.call(ToolName.logs, ["job_id": .string(job)])
            #expect(log.data["lines_total"]?.int ?? 0 > 0)
        }
    }

    @Test func idsAreAcceptedWhereNamesAre() async throws {
        try await ToolBench.live { bench in
            let byName = try await bench.call(ToolName.deploy, ["id": "web", "wait_seconds": 45])
            let id = try #require(byName.data["deployment_id"])
            let byID = try await bench.call(ToolName.deploy, ["id": id, "wait_seconds": 45])
            #expect(byID.data["deployment_name"] == "web")
        }
    }

    @Test func anUnknownNameNamesTheNearest() async throws {
        try await ToolBench.live(works: false) { bench in
            for name in [ToolName.deploy, ToolName.stopServer] {
                let wanted: JSONValue = name == ToolName.deploy ? "my-ap" : "prod1"
                let answer = try await bench.call(name, ["id": wanted])
                #expect(answer.code == "NOT_FOUND")
                let nearest = answer.details["suggestions"]?.array?.compactMap(\.string) ?? []
                #expect(nearest.contains { ["my-app", "prod-1"].contains($0) })
            }
            #expect(try await bench.jobs().isEmpty)
        }
    }

    @Test func failingWhileWaitedForIsAnExecutionError() async throws {
        try await ToolBench.live { bench in
            let reports = Collector<String>()
            let answer = try await bench.call(
                ToolName.deploy, ["id": "broken", "wait_seconds": 45],
                report: { reports.add($1) })
            #expect(answer.code == "EXECUTION_ERROR")
            #expect(answer.structured["status"] == 500)
            #expect(answer.details["phase"] == "remote_failed")
            #expect(answer.details["failed_step"]?.string != nil)
            #expect(reports.all.last?.contains("failed") == true)
            let later = try await bench.call(
                ToolName.get, ["job_id": .string(try #require(answer.jobID))])
            #expect(!later.isError)
        }
    }

    @Test func aProcedureThatFailsHalfwayIsPartial() async throws {
        try await ToolBench.live { bench in
            let answer = try await bench.call(
                ToolName.runProcedure,
                ["id": "broken-procedure", "options": ["async": false]])
            #expect(answer.code == "EXECUTION_ERROR", "\(answer.structured)")
            #expect(answer.details["partial"] == true, "\(answer.structured)")
            #expect(answer.details["operation_status"] == "partial")
            #expect(answer.details["execution_id"]?.string != nil)
        }
    }

    @Test func timeoutMeansThatWeStoppedWaiting() async throws {
        try await ToolBench.live { bench in
            let answer = try await bench.call(
                ToolName.runProcedure,
                ["id": "slow-procedure", "options": ["timeout": 1], "wait_seconds": 45])
            guard answer.isError else {
                // A slow machine may have let it end in time.
                return #expect(answer.data["status"] == "success")
            }
            #expect(answer.code == "TIMEOUT_ERROR", "\(answer.structured)")
            #expect(answer.structured["status"] == 504)
        }
    }

    @Test func aRunningBuildIsCancelledInKomodo() async throws {
        try await ToolBench.live(timeScale: 5) { bench in
            let ordered = try await bench.call(ToolName.build, ["id": "slow-build"])
            let job = try await bench.store.job(try #require(ordered.jobID))
            let isRunning = try await bench.context.changes.wait(atMost: ToolBench.limit) {
                try await bench.store.job(row: job.row).flatMap {
                    $0.state.status == .running ? true : nil
                }
            }
            #expect(isRunning == true)
            let id: JSONObject = ["job_id": .string("\(job.id)"), "wait_seconds": 45]
            _ = try await bench.call(ToolName.cancel, ["job_id": .string("\(job.id)")])
            let ended = try await bench.call(ToolName.wait, id)
            #expect(ended.data["status"] == "cancelled", "\(ended.structured)")
        }
    }

    @Test func healthIsWatchedAfterwards() async throws {
        try await ToolBench.live { bench in
            let answer = try await bench.call(
                ToolName.startServer, ["id": "prod-1", "options": ["waitForHealthy": true]])
            let job = try await bench.onlyJob()
            #expect(job.waitsForHealth)
            #expect(["success", "running"].contains(answer.data["status"]?.string ?? ""))
        }
    }

    @Test func namesAreCompletedFromHistoryAndFromKomodo() async throws {
        try await ToolBench.live(works: false) { bench in
            let job = try await bench.deploy("my-app")
            let completion = NameCompletion(context: bench.context)
            func complete(
                _ reference: CompletionQuery.Reference, _ argument: String, _ value: String
            ) async throws -> [String]? {
                let query = CompletionQuery(
                    reference: reference, argument: argument, value: value)
                return try await completion.complete(query, for: ToolBench.anna)?.values
            }
            let prompt = CompletionQuery.Reference.prompt("deploy_and_verify")
            #expect(try await complete(prompt, "deployment", "my") == ["my-app"])
            #expect(try await complete(prompt, "deployment", "web")?.contains("web") == true)
            #expect(try await complete(prompt, "server", "x") == nil)
            let template = CompletionQuery.Reference.resource("komodo://jobs/{job_id}")
            #expect(try await complete(template, "job_id", "job_d") == ["\(job.id)"])
            #expect(try await complete(.prompt("nothing"), "job_id", "") == nil)
            let stop = CompletionQuery.Reference.prompt("safe_stop_server")
            #expect(try await complete(stop, "server", "prod")?.contains("prod-1") == true)
        }
    }
}
