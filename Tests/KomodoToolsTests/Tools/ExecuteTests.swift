import JSON
import JobStore
import Jobs
import MCP
import Synchronization
import Testing

@testable import KomodoTools

/// Execute tools without a Komodo: what is stored and what is answered.
@Suite(.timeLimit(.minutes(5)))
struct ExecuteTests {
    @Test func anAnswerIsADurableJob() async throws {
        try await ToolBench.offline { bench in
            let answer = try await bench.call(ToolName.deploy, ["id": "my-app"])
            #expect(!answer.isError)
            let job = try await bench.onlyJob()
            #expect(answer.data["job_id"]?.string == "\(job.id)")
            #expect(answer.data["status"] == "pending")
            #expect(answer.data["phase"] == "queued")
            #expect(answer.data["operation_status"] == "queued")
            #expect(answer.data["deployment_name"] == "my-app")
            #expect(answer.data["deduplicated"] == false)
            #expect(answer.data["success"] == nil)
            #expect(answer.data["log_url"] == nil)
            #expect(bench.workerCalls.value == 1)
            let links = (answer.result?.content ?? []).compactMap { content -> String? in
                if case .link(let resource) = content { resource.uri } else { nil }
            }
            #expect(links == ["komodo://jobs/\(job.id)", "komodo://jobs/\(job.id)/log"])
            #expect(job.caller.principal == "os:anna" && job.caller.clientName == "tests")
        }
    }

    @Test(arguments: ExecuteRegistry.tools.filter { !$0.needsConfirmation }.map(\.name))
    func everyUnconfirmedToolStoresItsOperation(_ name: String) async throws {
        try await ToolBench.offline { bench in
            let tool = try #require(ExecuteRegistry.tools.first { $0.name == name })
            _ = try await bench.call(name, tool.plainArguments)
            #expect(try await bench.onlyJob().operation == tool.operation)
        }
    }

    @Test func payloadsReachTheActionAndSecretsDoNotComeBack() async throws {
        try await ToolBench.offline { bench in
            let payload: JSONValue = ["target": "production", "password": "hunter2hunter2"]
            let answer = try await bench.call(
                ToolName.triggerAction, ["id": "backup", "payload": payload])
            #expect(!answer.structured.serialized().contains("hunter2"))
            let job = try await bench.onlyJob()
            #expect(try await bench.store.secrets(of: job.row)["args"] == payload)
            let shown = try await bench.call(
                ToolName.get, ["job_id": .string("\(job.id)")])
            #expect(!shown.structured.serialized().contains("hunter2"))
        }
    }

    @Test func aLostAnswerAskedForAgainJoinsTheJob() async throws {
        try await ToolBench.offline { bench in
            let first = try await bench.call(ToolName.build, ["id": "api"])
            let second = try await bench.call(ToolName.build, ["id": "api"])
            #expect(second.data["deduplicated"] == true)
            #expect(first.jobID == second.jobID)
            let third = try await bench.call(ToolName.build, ["id": "api", "new": true])
            #expect(third.jobID != first.jobID)
        }
    }

    @Test func anIdempotencyKeyMakesOneJob() async throws {
        try await ToolBench.offline { bench in
            let arguments: JSONObject = ["id": "api", "idempotency_key": "release-7"]
            let first = try await bench.call(ToolName.deploy, arguments)
            _ = try await bench.store.cancel(try await bench.onlyJob().row)
            let second = try await bench.call(ToolName.deploy, arguments)
            #expect(first.jobID == second.jobID)
            #expect(second.data["deduplicated"] == true)
            #expect(second.data["status"] == "cancelled")
            let other = try await bench.call(
                ToolName.deploy, ["id": "web", "idempotency_key": "release-7"])
            #expect(other.code == "CONFLICT")
            #expect(try await bench.jobs().count == 1)
        }
    }

    @Test func aBusyTargetFailsOnlyWhoDoesNotWantToWait() async throws {
        try await ToolBench.offline { bench in
            _ = try await bench.call(ToolName.deploy, ["id": "api"])
            let refused = try await bench.call(
                ToolName.deploy, ["id": "api", "on_busy": "fail", "new": true])
            #expect(refused.code == "CONFLICT")
            #expect(try await bench.jobs().count == 1)
            let waits = try await bench.call(ToolName.deploy, ["id": "api", "new": true])
            #expect(waits.data["status"] == "pending")
        }
    }

    @Test func anUnsupportedOptionQueuesNothing() async throws {
        try await ToolBench.offline { bench in
            let refusals: [(String, JSONObject)] = [
                (ToolName.deploy, ["id": "api", "options": ["skipPull": true]]),
                (ToolName.cloneRepo, ["id": "api", "options": ["overwrite": false]]),
                (ToolName.runProcedure, ["id": "api", "variables": ["ENV": "production"]]),
            ]
            for (name, arguments) in refusals {
                let answer = try await bench.call(name, arguments)
                #expect(answer.code == "UNSUPPORTED_OPTION")
                #expect(answer.structured["status"] == 400)
                #expect(answer.details["komodo_field"]?.string != nil)
            }
            #expect(try await bench.jobs().isEmpty)
        }
    }

    @Test func documentedOptionsAreStoredAndNoted() async throws {
        try await ToolBench.offline { bench in
            let answer = try await bench.call(
                ToolName.startServer,
                [
                    "id": "prod-1", "options": ["timeout": 120, "waitForHealthy": true],
                    "wait_seconds": 0,
                ])
            #expect(answer.data["timeout"] == 120)
            let job = try await bench.onlyJob()
            #expect(job.deadline == .seconds(120) && job.waitsForHealth)
            let noted = try await bench.call(
                ToolName.deploy, ["id": "api", "options": ["force": true]])
            #expect(noted.data["notes"]?.array?.count == 1)
        }
    }

    @Test func anOpenJobIsANormalResultWhenTheWaitIsOver() async throws {
        try await ToolBench.offline { bench in
            let reports = Collector<String>()
            let answer = try await bench.call(
                ToolName.deploy, ["id": "api", "wait_seconds": 1],
                report: { reports.add($1) })
            #expect(!answer.isError)
            #expect(answer.data["status"] == "pending")
            #expect(reports.all.first?.hasPrefix("deploy api:") == true)
        }
    }

    @Test func withoutAWorkerTheJobWaitsAndSaysSo() async throws {
        try await ToolBench.offline({ $0.ensureWorker = { throw StoreError(.failed, "no fork") } })
        { bench in
            let answer = try await bench.call(ToolName.deploy, ["id": "api"])
            #expect(!answer.isError)
            #expect(answer.data["notes"]?.serialized().contains("no fork") == true)
            #expect(try await bench.jobs().count == 1)
        }
    }

    @Test(arguments: [0, 1])
    func anAcceptedJobIsNamedWhateverFailsAfterwards(_ seconds: Int) async throws {
        let path = Mutex("")
        try await ToolBench.offline({ context in
            // After the job was stored and before it is read again.
            context.ensureWorker = {
                try RawDatabase(path: path.withLock { $0 }).run("DROP TABLE log")
            }
        }) { bench in
            let earlier = try await bench.store.enqueue([.deploy("api")])
            let job = try #require(earlier[0].job)
            let lease = try await bench.accept(job, update: "67a1b2c3d4e5f60718293a4b")
            _ = try await bench.finish(job, lease, as: .succeeded)
            path.withLock { $0 = bench.store.path }
            let answer = try await bench.call(
                ToolName.deploy, ["id": "api", "wait_seconds": .int(seconds)])
            #expect(!answer.isError, "\(answer.structured)")
            #expect(answer.data["status"] == "pending")
            #expect(answer.data["notes"]?.serialized().contains("could be read") == true)
            #expect(try await bench.jobs().first.map { "\($0.id)" } == answer.jobID)
        }
    }

    @Test func aWorkerIsStartedForUnfinishedJobsOnly() async throws {
        try await ToolBench.offline { bench in
            let arguments: JSONObject = ["id": "api", "idempotency_key": "release-7"]
            _ = try await bench.call(ToolName.deploy, arguments)
            _ = try await bench.store.cancel(try await bench.onlyJob().row)
            _ = try await bench.call(ToolName.deploy, arguments)
            #expect(bench.workerCalls.value == 1)
        }
    }

    @Test func withoutAKomodoNothingIsQueued() async throws {
        try await ToolBench.offline({ $0.access = nil }) { bench in
            let answer = try await bench.call(ToolName.deploy, ["id": "api"])
            #expect(answer.code == "AUTH_ERROR")
            #expect(answer.structured["status"] == 401)
            #expect(try await bench.jobs().isEmpty)
        }
    }

    @Test func wrongArgumentsAreNamed() async throws {
        try await ToolBench.offline { bench in
            let wrong: [JSONObject] = [
                [:], ["id": ""], ["id": 7], ["id": "a", "wait_seconds": 46],
                ["id": "a", "on_busy": "maybe"], ["id": "a", "options": ["force ": true]],
                ["id": "a", "idempotency_key": ""],
            ]
            for arguments in wrong {
                let answer = try await bench.call(ToolName.deploy, arguments)
                #expect(answer.code == "VALIDATION_ERROR", "\(arguments)")
                #expect(bench.workerCalls.value == 0)
            }
            #expect(try await bench.jobs().isEmpty)
        }
    }

    @Test func aTaskIsTheJob() async throws {
        try await ToolBench.offline { bench in
            let answer = try await bench.call(
                ToolName.deploy, ["id": "api"], taskMode: .offered)
            let view = try #require(answer.task)
            let job = try await bench.onlyJob()
            #expect(view.id == "\(job.id)" && view.state == .working)
            let again = try await bench.call(
                ToolName.deploy, ["id": "api"], taskMode: .requested(timeToLive: nil))
            #expect(again.task?.id == view.id)
            let plain = try await bench.call(
                ToolName.deploy, ["id": "api", "wait_seconds": 0], taskMode: .offered)
            #expect(plain.task == nil && plain.jobID == view.id)
        }
    }
}
