import Intake
import JSON
import JobStore
import Jobs
import KomodoClient
import KomodoSimulator
import MCP
import Testing

@testable import KomodoTools

/// The operations beyond the nine against a simulated Komodo, with a real worker between.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct OperationToolLiveTests {
    private static let calls: [(JobOperation, String, JSONObject)] = [
        (.deployStack, "shop", [:]), (.deployStackIfChanged, "blog", [:]),
        (.pullStack, "media", ["services": ["proxy"]]), (.startStack, "monitoring", [:]),
        (.stopStack, "shop", ["services": ["web"], "stop_time": 5]),
        (.restartStack, "media", ["waitForHealthy": false]),
        (.destroyStack, "blog", ["remove_orphans": true]), (.pullDeployment, "worker", [:]),
        (.startDeployment, "stopped-app", [:]),
        (.stopDeployment, "api", ["signal": "SIGINT", "time": 3]),
        (.restartDeployment, "db", [:]), (.destroyDeployment, "my-app", [:]),
        (.startContainer, "prod-1", [:]), (.stopContainer, "prod-1", ["time": 3]),
        (.restartContainer, "prod-1", [:]), (.destroyContainer, "prod-1", [:]),
        (.buildRepo, "my-repo", [:]), (.runSync, "production", [:]),
    ]

    @Test func everyOperationRunsToItsEnd() async throws {
        try await ToolBench.live { bench in
            for (operation, target, options) in Self.calls {
                var arguments: JSONObject = [
                    "id": .string(target), "options": .object(options), "wait_seconds": 45,
                ]
                var typed = target
                if operation.spec.parameters.contains(where: \.isRequired) {
                    arguments["container"] = "web"
                    typed = "web"
                }
                let answer = try await bench.call(
                    ToolName.execute(operation), arguments,
                    asking: .answers(.accepted(["confirm": true, "target": .string(typed)])))
                #expect(
                    answer.data["status"] == "success", "\(operation): \(answer.structured)")
                #expect(answer.data["operation"]?.string == operation.idWord)
            }
        }
    }

    @Test func aBuildThatNobodyHereOrderedIsCancelled() async throws {
        try await ToolBench.live(timeScale: 5) { bench in
            let ordered = try await bench.call(ToolName.build, ["id": "slow-build"])
            let job = try await bench.store.job(try #require(ordered.jobID))
            _ = try await bench.context.changes.wait(atMost: ToolBench.limit) {
                try await bench.store.job(row: job.row).flatMap {
                    $0.state.status == .running ? true : nil
                }
            }
            let cancelled = try await bench.call(
                ToolName.execute(.cancelBuild), ["id": "slow-build", "wait_seconds": 45])
            #expect(cancelled.data["status"] == "success", "\(cancelled.structured)")
            let ended = try await bench.call(
                ToolName.wait, ["job_id": .string("\(job.id)"), "wait_seconds": 45])
            #expect(ended.data["status"] == "cancelled", "\(ended.structured)")
        }
    }

    @Test func aConfirmationSaysWhatItHitsAndWhere() async throws {
        try await ToolBench.live(works: false) { bench in
            func consequence(_ name: String, _ arguments: JSONObject) async throws -> String {
                let answer = try await bench.call(name, arguments)
                #expect(answer.code == "CONFIRMATION_REQUIRED", "\(answer.structured)")
                return answer.details["consequence"]?.string ?? ""
            }
            let table: [(String, JSONObject, [String])] = [
                (ToolName.stopServer, ["id": "prod-1"], ["prod-1", "containers", "web", "db"]),
                (
                    ToolName.execute(.stopStack), ["id": "shop"],
                    ["every service", "2 services", "prod-2", "web", "db"]
                ),
                (
                    ToolName.execute(.restartStack),
                    ["id": "shop", "options": ["services": ["db"]]], ["1 service", "db", "prod-2"]
                ),
                (
                    ToolName.execute(.destroyDeployment), ["id": "web"],
                    ["nginx:1.27", "prod-1", "running"]
                ),
                (
                    ToolName.execute(.stopContainer), ["id": "prod-1", "container": "web"],
                    ["container 'web'", "nginx:1.27", "prod-1", "running"]
                ),
                (
                    ToolName.execute(.stopContainer), ["id": "prod-1", "container": "nope"],
                    ["No container of this name is on 'prod-1'"]
                ),
                (
                    ToolName.cloneRepo, ["id": "infra", "options": ["overwrite": true]],
                    ["deletes the clone", "prod-1", "commit"]
                ),
            ]
            for (name, arguments, words) in table {
                let text = try await consequence(name, arguments)
                for word in words { #expect(text.contains(word), "\(name): \(text)") }
                #expect(!text.contains("is not known"), "\(name): \(text)")
            }
            #expect(
                try await !consequence(
                    ToolName.execute(.restartStack),
                    ["id": "shop", "options": ["services": ["db"]]]
                ).contains("nginx"))
        }
    }

    /// The target is looked up before the question, for the job.
    @Test(arguments: ["1.19.5", "2.1.0", "2.3.2"])
    func theQuestionCostsFewRequests(_ version: String) async throws {
        let targets: [TargetType: String] = [
            .server: "prod-1", .stack: "shop", .deployment: "web", .repo: "infra",
        ]
        for tool in ExecuteRegistry.tools where tool.needsConfirmation {
            let type = tool.operation.spec.targetType
            let target = try #require(targets[type], "\(tool.name)")
            try await ToolBench.live(works: false, version: version) { bench in
                let resolved = try await bench.context.intake.resolved(
                    Target(type: type, id: nil, name: target))
                let before = bench.simulator?.ledger.requestCount ?? 0
                let subject = ConfirmationSubject(
                    operation: tool.operation, target: resolved, arguments: ["container": "web"])
                let text = await BlastRadius.sentence(of: subject, in: bench.context)
                let asked = (bench.simulator?.ledger.requestCount ?? 0) - before
                #expect(asked <= glanceRequestsMax, "\(tool.name): \(asked)")
                #expect(!text.contains("is not known"), "\(tool.name): \(text)")
            }
        }
    }

    @Test func withoutKomodoTheConfirmationSaysThat() async throws {
        try await ToolBench.offline { bench in
            let answer = try await bench.call(ToolName.stopServer, ["id": "prod-1"])
            #expect(
                answer.details["consequence"]?.string?.contains(
                    "Which containers this hits is not known") == true)
        }
    }

    @Test func aFailedActionIsRepeatedWhenThatIsAsked() async throws {
        try await ToolBench.live { bench in
            bench.simulator?.script(
                FaultScript(resources: [ResourceFault("report", .fails, times: 2)]))
            let answer = try await bench.call(
                ToolName.triggerAction,
                ["id": "report", "options": ["retryOnFailure": true, "async": false]])
            #expect(answer.data["status"] == "success", "\(answer.structured)")
            #expect(try await bench.onlyJob().attempt == 3)
        }
    }

    @Test(arguments: [(true, 4), (false, 1)])
    func anActionThatKeepsFailingFailsInTheEnd(_ retries: Bool, _ attempts: Int) async throws {
        try await ToolBench.live { bench in
            let answer = try await bench.call(
                ToolName.triggerAction,
                [
                    "id": "broken-action", "wait_seconds": 45,
                    "options": ["retryOnFailure": .bool(retries)],
                ])
            #expect(answer.code == "EXECUTION_ERROR", "\(answer.structured)")
            #expect(try await bench.onlyJob().attempt == attempts)
        }
    }
}
