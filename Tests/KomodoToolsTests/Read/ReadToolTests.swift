import JSON
import JobStore
import Jobs
import KomodoClient
import MCP
import Testing

@testable import KomodoTools

/// Every read tool, on a Komodo that is a table of documents.
@Suite(.timeLimit(.minutes(5)))
struct ReadToolTests {
    /// A tool, a call of it, the document behind it, and what Komodo is asked.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let arguments: JSONObject
        let document: JSONObject
        let asked: FakeReads.Asked

        var testDescription: String { name }
    }

    static let lists: [Case] = [
        list(
            ToolName.listServers, ["status": "running"], ReadDocuments.server, .server,
            .status("running")),
        list(
            ToolName.listDeployments, ["server_id": "prod-1"], ReadDocuments.deployment,
            .deployment, .server("prod-1")),
        list(
            ToolName.listDeployments, ["status": "failed"], ReadDocuments.deployment,
            .deployment, .status("failed")),
        list(
            ToolName.listStacks, ["status": "active"], ReadDocuments.stack, .stack,
            .status("active")),
        list(ToolName.listBuilds, ["repo_id": "b"], ReadDocuments.build, .build, .repo("b")),
        list(
            ToolName.listBuilds, ["status": "failed"], ReadDocuments.build, .build,
            .status("failed")),
        list(
            ToolName.listRepos, ["provider": "github"], ReadDocuments.repo, .repo,
            .provider("github")),
        list(
            ToolName.listProcedures, ["trigger": "manual"], ReadDocuments.procedure, .procedure,
            .trigger("manual")),
        list(
            ToolName.listActions, ["type": "script"], ReadDocuments.action, .action,
            .actionType("script")),
        list(
            ToolName.listActions, ["enabled": true], ReadDocuments.action, .action, .enabled(true)),
        Case(
            name: ToolName.listAlerts,
            arguments: [
                "severity": "critical", "resolved": false, "resource_type": "server",
                "page_size": 1,
            ], document: ReadDocuments.alert,
            asked: .alerts(
                AlertQuery(
                    severity: "critical", isResolved: false, resourceType: "server",
                    page: PageRequest(number: 1, size: 1)))),
        Case(
            name: ToolName.listUpdates,
            arguments: [
                "resource_type": "resource_sync", "target": "all", "operation": "RunSync",
                "page_size": 1,
            ], document: ReadDocuments.update,
            asked: .history(
                HistoryQuery(
                    target: Target(type: .resourceSync, id: nil, name: "all"),
                    operation: "RunSync", page: PageRequest(number: 1, size: 1)))),
        Case(
            name: ToolName.listContainers, arguments: ["server": "prod-1", "page_size": 1],
            document: ReadDocuments.container,
            asked: .containers(
                ContainerQuery(server: "prod-1", page: PageRequest(number: 1, size: 1)))),
    ]

    private static func list(
        _ name: String, _ arguments: JSONObject, _ item: JSONObject, _ type: TargetType,
        _ filter: ResourceQuery.Filter
    ) -> Case {
        var arguments = arguments
        arguments["page_size"] = 1
        return Case(
            name: name, arguments: arguments, document: item,
            asked: .resources(
                ResourceQuery(type, filters: [filter], page: PageRequest(number: 1, size: 1))))
    }

    static let details: [Case] = [
        detail(ToolName.getServer, ReadDocuments.serverDetail, .resource(.server, "x")),
        detail(ToolName.getDeployment, ReadDocuments.deploymentDetail, .resource(.deployment, "x")),
        detail(ToolName.getStack, ReadDocuments.stackDetail, .resource(.stack, "x")),
        detail(ToolName.getBuild, ReadDocuments.buildDetail, .resource(.build, "x")),
        detail(ToolName.getRepo, ReadDocuments.repoDetail, .resource(.repo, "x")),
        detail(ToolName.getProcedure, ReadDocuments.procedureDetail, .resource(.procedure, "x")),
        detail(ToolName.getAction, ReadDocuments.actionDetail, .resource(.action, "x")),
        detail(ToolName.getAlert, ReadDocuments.alertDetail, .alert("x")),
        detail(ToolName.getUpdate, ReadDocuments.updateDetail, .historyEntry("x")),
        detail(ToolName.getSystemStats, ReadDocuments.stats, .stats("x"), argument: "server"),
    ]

    private static func detail(
        _ name: String, _ document: JSONObject, _ asked: FakeReads.Asked, argument: String = "id"
    ) -> Case {
        Case(name: name, arguments: [argument: "x"], document: document, asked: asked)
    }

    @Test(arguments: lists)
    func aListGivesItsPageWithTrueTotals(_ sample: Case) async throws {
        let komodo = FakeReads(items: [sample.document, sample.document, sample.document])
        try await ToolBench.reading(komodo) { bench in
            let answer = try await bench.call(sample.name, sample.arguments)
            #expect(komodo.calls == [sample.asked])
            #expect(answer.data["items"]?.array == [.object(sample.document)])
            #expect(answer.data["total"] == 3 && answer.data["totalPages"] == 3)
            #expect(answer.data["page"] == 1 && answer.data["pageSize"] == 1)
            #expect(answer.data["total_is_at_least"] == nil)
            #expect(answer.data["notes"] == nil, "\(answer.data)")
        }
    }

    @Test(arguments: details)
    func aDetailGivesTheWholeDocument(_ sample: Case) async throws {
        let komodo = FakeReads(document: sample.document)
        try await ToolBench.reading(komodo) { bench in
            let answer = try await bench.call(sample.name, sample.arguments)
            #expect(komodo.calls == [sample.asked])
            #expect(answer.data == .object(sample.document))
        }
    }

    @Test func withoutArgumentsEverythingIsAskedFor() async throws {
        let komodo = FakeReads(totalIsAtLeast: true)
        try await ToolBench.reading(komodo) { bench in
            let servers = try await bench.call(ToolName.listServers)
            #expect(servers.data["total_is_at_least"] == true)
            #expect(servers.data["items"]?.array?.isEmpty == true)
            #expect(servers.data["pageSize"] == 50 && servers.data["totalPages"] == 0)
            _ = try await bench.call(ToolName.listUpdates)
            #expect(komodo.calls == [.resources(ResourceQuery(.server)), .history(HistoryQuery())])
        }
    }

    private static func call(_ name: String, _ arguments: JSONObject) -> (String, JSONObject) {
        (name, arguments)
    }

    static let misfits = [
        call(ToolName.listServers, ["page": 0]), call(ToolName.listServers, ["page_size": 101]),
        call(ToolName.listServers, ["page_size": 0]),
        call(ToolName.listServers, ["status": "fine"]),
        call(ToolName.listServers, ["page": "two"]), call(ToolName.getServer, [:]),
        call(ToolName.getServer, ["id": ""]), call(ToolName.getServer, ["id": 7]),
        call(ToolName.listBuilds, ["status": "running"]),
        call(ToolName.listRepos, ["provider": "x"]),
        call(ToolName.listActions, ["enabled": "yes"]),
        call(ToolName.listAlerts, ["severity": "high"]),
        call(ToolName.listUpdates, ["target": "a"]),
        call(ToolName.listUpdates, ["resource_type": "build"]),
        call(ToolName.listUpdates, ["operation": "DeployStacks"]),
        call(ToolName.listUpdates, ["operation": "Frobnicate"]),
        call(ToolName.listUpdates, ["before": "yesterday"]),
        call(ToolName.getLog, [:]), call(ToolName.getLog, ["stack": "a", "deployment": "b"]),
        call(ToolName.getLog, ["container": "a"]),
        call(ToolName.getLog, ["stack": "a", "server": "b"]),
        call(ToolName.getLog, ["deployment": "a", "services": ["b"]]),
        call(ToolName.getLog, ["stack": "a", "tail": 5_001]),
        call(ToolName.getLog, ["stack": "a", "services": [7]]), call(ToolName.getSystemStats, [:]),
    ]

    @Test(arguments: misfits)
    func argumentsThatDoNotFitAreRefusedBeforeKomodoIsAsked(
        _ name: String, _ arguments: JSONObject
    ) async throws {
        let komodo = FakeReads()
        try await ToolBench.reading(komodo) { bench in
            let answer = try await bench.call(name, arguments)
            #expect(answer.code == "VALIDATION_ERROR", "\(answer.structured)")
            #expect(answer.details["problems"]?.array?.isEmpty == false)
            #expect(komodo.calls.isEmpty)
        }
    }

    @Test(arguments: [
        ("DeployStack", "DeployStack"), ("deploy-stack", "DeployStack"),
        ("updateserver", "UpdateServer"), ("build", "RunBuild"),
        ("stop_server", "StopAllContainers"),
        ("pull", "PullRepo"), ("DeployStackService", "DeployStackService"),
    ])
    func operationsAreTakenInOurWordsToo(_ word: String, _ name: String) async throws {
        let komodo = FakeReads()
        try await ToolBench.reading(komodo) { bench in
            _ = try await bench.call(ToolName.listUpdates, ["operation": .string(word)])
            #expect(komodo.calls == [.history(HistoryQuery(operation: name))])
        }
    }

    @Test func anUnknownOperationNamesTheNearest() async throws {
        try await ToolBench.reading(FakeReads()) { bench in
            let answer = try await bench.call(
                ToolName.listUpdates, ["operation": "DeployStacks"])
            #expect(answer.code == "VALIDATION_ERROR")
            #expect(answer.details["suggestions"]?.array?.first == "DeployStack")
            #expect(answer.structured["error"]?.string?.contains("Did you mean") == true)
        }
    }

    @Test func olderUpdatesAreAskedForWithAMoment() async throws {
        let moment = JobTime(milliseconds: 1_769_441_400_250)
        let komodo = FakeReads(
            items: Array(repeating: ReadDocuments.update, count: 1_000), totalIsAtLeast: true,
            reachesBackTo: moment)
        try await ToolBench.reading(komodo) { bench in
            let early = try await bench.call(ToolName.listUpdates, ["page": 2])
            #expect(early.data["notes"] == nil && early.data["total_is_at_least"] == true)
            for page in [20, 21] {
                let last = try await bench.call(ToolName.listUpdates, ["page": .int(page)])
                #expect(
                    last.data["notes"]?.array?.first?.string?.contains(
                        "newest 1000 only; ask for older ones with before 2026-01-26T15:30:00.251Z")
                        == true, "\(last.data["notes"] ?? .null)")
            }
            _ = try await bench.call(
                ToolName.listUpdates, ["before": "2026-01-26T15:30:00.250Z"])
            #expect(komodo.calls.last == .history(HistoryQuery(before: moment)))
        }
    }

    @Test func pagesOfAlertsThatEndEarlySaySo() async throws {
        let komodo = FakeReads(
            items: [ReadDocuments.alert], totalIsAtLeast: true,
            reachesBackTo: JobTime(milliseconds: 0))
        try await ToolBench.reading(komodo) { bench in
            let alerts = try await bench.call(ToolName.listAlerts)
            #expect(alerts.data["notes"]?.array?.first?.string?.contains("narrow them") == true)
        }
    }

    private static func log(
        _ arguments: JSONObject, _ query: ContainerLogQuery
    ) -> (JSONObject, ContainerLogQuery) {
        (arguments, query)
    }

    static let logs = [
        log(["deployment": "a"], .init(.deployment("a"), tail: 100)),
        log(
            ["stack": "a", "services": ["b"], "tail": 7, "grep": "x", "timestamps": true],
            .init(.stack("a", services: ["b"]), tail: 7, grep: "x", hasTimestamps: true)),
        log(["container": "c", "server": "s"], .init(.container("c", server: "s"), tail: 100)),
    ]

    @Test(arguments: logs)
    func aLogIsAskedForAsItWasWanted(
        _ arguments: JSONObject, _ query: ContainerLogQuery
    ) async throws {
        let komodo = FakeReads(
            log: ContainerLog(stdout: "a\nb\n", stderr: "<b>c</b>", isComplete: true))
        try await ToolBench.reading(komodo) { bench in
            let answer = try await bench.call(ToolName.getLog, arguments)
            #expect(komodo.calls == [.log(query)])
            #expect(answer.data["stdout"] == "a\nb\n" && answer.data["stderr"] == "c")
            #expect(answer.data["stdout_lines"] == 2 && answer.data["stderr_lines"] == 1)
            #expect(answer.data["complete"] == true && answer.data["beginning_omitted"] == false)
            #expect(answer.data["lines_fetched"] == 3 && answer.data["lines_shown"] == 3)
            #expect(answer.data["tail_reached"] == false && answer.data["lines_matched"] == nil)
        }
    }

    @Test func aSearchTellsHowManyLinesItFound() async throws {
        let lines = (0..<7).map { "x \($0)" }.joined(separator: "\n") + "\n"
        let komodo = FakeReads(
            log: ContainerLog(
                stdout: lines, stderr: "", isComplete: true,
                search: .init(fetched: 40, matched: 31)))
        try await ToolBench.reading(komodo) { bench in
            let answer = try await bench.call(
                ToolName.getLog, ["deployment": "a", "grep": "x", "tail": 7])
            #expect(answer.data["lines_fetched"] == 40 && answer.data["lines_matched"] == 31)
            #expect(answer.data["lines_shown"] == 7 && answer.data["tail_reached"] == true)
            #expect(answer.data["notes"]?.array?.first?.string?.contains("5000 lines") == true)
            let tail = try await bench.call(ToolName.getLog, ["deployment": "a", "tail": 7])
            #expect(tail.data["tail_reached"] == true)
        }
    }

    @Test func withoutAKomodoNothingIsRead() async throws {
        try await ToolBench.offline({ $0.access = nil }) { bench in
            let answer = try await bench.call(ToolName.listServers)
            #expect(answer.code == "AUTH_ERROR")
            #expect(answer.structured["error"]?.string?.contains("KOMODO_URL") == true)
        }
    }

    @Test func aMemberInAnotherFormIsLeftOutWithANote() async throws {
        var document = ReadDocuments.server
        document["port"] = "many"
        document["metrics"] = ["cpu_usage": 7, "memory_usage": "1GB"]
        let komodo = FakeReads(items: [document])
        try await ToolBench.reading(komodo) { bench in
            let answer = try await bench.call(ToolName.listServers)
            let item = answer.data["items"]?.array?.first
            #expect(item?["port"] == nil && item?["metrics"] == ["memory_usage": "1GB"])
            #expect(answer.data["notes"]?.array?.first?.string?.contains("items.0.port") == true)
        }
    }

    @Test func anAnswerWithoutWhatItMustHaveIsAnError() async throws {
        try await ToolBench.reading(FakeReads(items: [["name": "a"]])) { bench in
            let answer = try await bench.call(ToolName.listServers)
            #expect(answer.code == "INTERNAL_ERROR")
        }
    }

    @Test func runsThatWereOrderedHereCarryTheirJob() async throws {
        var document = ReadDocuments.deploymentDetail
        document["id"] = "my-app"
        let komodo = FakeReads(items: [ReadDocuments.update], document: document)
        try await ToolBench.reading(komodo) { bench in
            let job = try await bench.deploy("my-app")
            _ = try await bench.accept(job, update: ReadDocuments.id)
            let detail = try await bench.call(ToolName.getDeployment, ["id": "my-app"])
            let newest = detail.data["deployment_history"]?.array?.first
            #expect(newest?["job_id"]?.string == "\(job.id)", "\(detail.data)")
            let updates = try await bench.call(ToolName.listUpdates)
            #expect(updates.data["items"]?.array?.first?["job_id"]?.string == "\(job.id)")
            let other = Caller.token(Principal(name: "token:bob", scopes: ["operate"]))
            let hidden = try await bench.call(
                ToolName.getDeployment, ["id": "my-app"], as: other)
            #expect(hidden.data["deployment_history"]?.array?.first?["job_id"] == nil)
        }
    }
}
