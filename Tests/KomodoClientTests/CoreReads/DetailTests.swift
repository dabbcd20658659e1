import JSON
import Jobs
import KomodoSimulator
import Testing

@testable import KomodoClient

/// Single resources of a simulated Core.
@Suite(.timeLimit(.minutes(2)))
struct DetailTests {
    @Test(arguments: ReadsBench.versions)
    func aServerReadsAsDocumented(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let server = try await client.resource(.server, "prod-1")
            #expect(server["host"]?.string == "prod-1.example.com")
            #expect(server["port"]?.int == 8120)
            #expect(server["status"]?.string == "running")
            #expect(server["state"]?.string == "Ok")
            #expect(server["config"]?["memory"]?.string == "4GB")
            #expect(server["config"]?["disk"]?.string == "100GB")
            #expect(
                server["config"]?["cpu"]?.string == (version == "2.3.2" ? "4 cores" : "2 cores"))
            #expect(server["config"]?["os"]?.string == "Linux (Debian GNU/Linux 12)")
            let metrics = server["metrics"]
            #expect(metrics?["cpu_usage"]?.string == "45%")
            #expect(metrics?["cpu_usage_percent"]?.double == 45.2)
            #expect(metrics?["memory_usage"]?.string == "2.1GB / 4GB")
            #expect(metrics?["disk_usage"]?.string == "45GB / 100GB")
            #expect(metrics?["network_in"]?.string == "1.2MB/s")
            #expect(metrics?["network_out_bytes_per_second"]?.int == 800_000)
            let deployments = server["deployments"]?.texts ?? []
            #expect(deployments.contains(try await id(.deployment, "web", client)))
            let alerts = server["alerts"]?.array ?? []
            #expect(
                alerts.compactMap { $0["alert_type"]?.string } == [
                    "ServerCpu", "ServerMem", "ServerDisk",
                ])
            #expect(server["unavailable"] == nil)
        }
    }

    @Test(arguments: ReadsBench.versions)
    func aServerThatIsDownIsShownAllTheSame(_ version: String) async throws {
        try await ReadsBench.run(version) { client, simulator in
            let server = try await client.resource(.server, "edge-offline")
            #expect(server["status"]?.string == "error")
            #expect(server["metrics"] == nil)
            #expect(server["unavailable"] == nil)
            #expect((server["error"] != nil) == (version != "1.19.5"))
            let asked = ReadsBench.requests(simulator)
            #expect(!asked.contains("GetSystemStats"))
            #expect(!asked.contains("GetSystemInformation"))
        }
    }

    @Test(arguments: ReadsBench.versions)
    func aDeploymentHasLogsMetricsAndHistory(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            for _ in 0..<2 { try await ReadsBench.finish(.deploy, "db", client) }
            try await ReadsBench.finish(.restartDeployment, "db", client)
            let deployment = try await client.resource(.deployment, "db")
            #expect(deployment["server_name"]?.string == "prod-1")
            #expect(deployment["container_id"]?.string?.isEmpty == false)
            #expect(deployment["health"]?["status"]?.string == "healthy")
            let metrics = deployment["metrics"]
            #expect(metrics?["cpu_usage"]?.string == "35.12%")
            #expect(metrics?["cpu_usage_percent"]?.double == 35.12)
            #expect(metrics?["memory_usage"]?.string == "512MiB / 1GiB")
            #expect(metrics?["network_received"]?.string == "1.2kB")
            #expect(metrics?["network_in"] == nil)
            #expect(metrics?["uptime"]?.string == "3 hours")
            let lines = deployment["logs"]?.string?.split(separator: "\n") ?? []
            #expect(lines.count == 20)
            #expect(lines.last == "line 5000 of db")
            let history = deployment["deployment_history"]?.array ?? []
            #expect(history.count == 2)
            for entry in history {
                #expect(entry["status"]?.string == "success")
                #expect(entry["deployed_by"]?.string == "komodo-mcp")
                #expect(entry["duration"]?.string?.isEmpty == false)
                #expect(entry["duration_ms"]?.int != nil)
            }
            #expect(deployment["lastDeployedAt"] == history.first?["deployed_at"])
            #expect(deployment["unavailable"] == nil)
        }
    }

    @Test
    func whatHasNoContainerIsNotAskedForItsLog() async throws {
        try await ReadsBench.run { client, simulator in
            for name in ["new-app", "offline-app"] {
                let deployment = try await client.resource(.deployment, name)
                #expect(deployment["logs"]?.string == "")
                #expect(deployment["container_id"] == nil)
            }
            let stopped = try await client.resource(.deployment, "stopped-app")
            #expect(stopped["logs"]?.string?.isEmpty == false)
            #expect(stopped["metrics"] == nil)
            let asked = simulator.ledger.requestsByType
            #expect(asked["GetDeploymentLog"] == 1)
            #expect(asked["GetDeploymentStats"] == nil)
        }
    }

    @Test(arguments: ReadsBench.versions)
    func aStackHasItsServicesAndItsFile(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let stack = try await client.resource(.stack, "shop")
            #expect(stack["status"]?.string == "active")
            #expect(stack["service_count"]?.int == 2)
            #expect(stack["running_services"]?.int == 2)
            let web = stack["services"]?.array?.first
            #expect(web?["name"]?.string == "web")
            #expect(web?["status"]?.string == "running")
            #expect(web?["image"]?.string == "nginx:1.27")
            #expect(web?["ports"] == ["8080:80"])
            #expect(web?["update_available"]?.bool == false)
            #expect(stack["networks"] == ["bridge"])
            #expect(stack["volumes"]?.texts.count == 2)
            #expect(stack["compose_content"]?.string?.contains("services:") == true)
            #expect(stack["source"]?.string == "git")
            let written = try await client.resource(.stack, "monitoring")
            #expect(written["source"]?.string == "ui")
            #expect(written["compose_content"]?.string?.contains("revision ui") == true)
            let down = try await client.resource(.stack, "broken-stack")
            #expect(down["running_services"]?.int == 0)
            #expect(down["services"]?.array?.first?["name"]?.string == "app")
        }
    }

    @Test(arguments: ReadsBench.versions)
    func aBuildHasItsHistory(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            try await ReadsBench.finish(.build, "my-app", client)
            try await ReadsBench.finish(.build, "broken-build", client)
            let build = try await client.resource(.build, "my-app")
            #expect(build["build_args"]?["NODE_VERSION"]?.string == "20")
            #expect(build["cache_enabled"]?.bool == true)
            #expect(build["repo_name"]?.string == "my-repo")
            let entry = try #require(build["build_history"]?.array?.first)
            #expect(entry["status"]?.string == "success")
            #expect(entry["commit"]?.string?.isEmpty == false)
            #expect(entry["version"] == build["version"])
            #expect(entry["triggered_by"]?.string == "komodo-mcp")
            #expect(build["last_build_duration"] == entry["duration"])
            let broken = try await client.resource(.build, "broken-build")
            #expect(broken["status"]?.string == "failed")
            #expect(broken["build_history"]?.array?.first?["status"]?.string == "failed")
        }
    }

    @Test
    func aRepositoryKnowsItsNewestCommit() async throws {
        try await ReadsBench.run { client, _ in
            let repo = try await client.resource(.repo, "infra")
            #expect(repo["provider"]?.string == "github")
            #expect(repo["url"]?.string == "https://github.com/example/infra")
            #expect(repo["credentials"]?["account"]?.string == "deploy-bot")
            #expect(repo["webhook"]?["enabled"]?.bool == true)
            let commit = repo["recent_commits"]?.array?.first
            #expect(commit?["message"]?.string == "Update the code")
            #expect(commit?["branch"]?.string == "main")
            #expect(repo["builds"] == [])
        }
    }

    @Test(arguments: ReadsBench.versions)
    func aProcedureHasItsStepsAndRuns(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            try await ReadsBench.finish(.runProcedure, "release", client)
            let procedure = try await client.resource(.procedure, "release")
            let steps = procedure["steps"]?.array ?? []
            #expect(steps.compactMap { $0["order"]?.int } == [1, 2, 2])
            #expect(steps.first?["type"]?.string == "run_build")
            #expect(steps.first?["build_id"]?.string == "api-image")
            #expect(steps.last?["stage"]?.string == "Deploy")
            #expect(procedure["trigger"]?.string == "manual")
            let run = procedure["last_execution"]
            #expect(run?["status"]?.string == "success")
            #expect(run?["completed_at"] != nil)
            #expect(procedure["execution_history"]?.array?.count == 1)
            // The builds and deploys inside were Core's own work.
            let deployment = try await client.resource(.deployment, "worker")
            #expect(
                deployment["deployment_history"]?.array?.first?["deployed_by"]?.string
                    == "Procedure")
            let listed = try await client.resources(ResourceQuery(.procedure)).named("release")
            #expect(listed["last_execution"]?["status"]?.string == "success")
        }
    }

    @Test(arguments: ReadsBench.versions)
    func anActionHasItsScriptAndItsOutput(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            try await ReadsBench.finish(.triggerAction, "cleanup", client)
            let action = try await client.resource(.action, "cleanup")
            #expect(action["type"]?.string == "script")
            #expect(action["config"]?["script"]?.string?.contains("console.log") == true)
            #expect(action["config"]?["arguments"]?["TARGET"]?.string == "production")
            let run = try #require(action["execution_history"]?.array?.first)
            #expect(run["output"]?.string?.isEmpty == false)
            #expect(action["last_execution"]?["executed_at"] == run["started_at"])
        }
    }

    @Test(arguments: ReadsBench.versions)
    func idsAreAsGoodAsNames(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let byName = try await client.resource(.deployment, "web")
            let id = try #require(byName["id"]?.string)
            let byID = try await client.resource(.deployment, id)
            #expect(byID["state"]?.string == "running")
            #expect(byID["name"] == byName["name"])
        }
    }

    @Test(arguments: ReadsBench.versions, ["wbe", "000000000000000000000000"])
    func whatIsNotThereIsNotFound(_ version: String, _ name: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let error = await #expect(throws: KomodoError.self) {
                try await client.resource(.deployment, name)
            }
            #expect(error?.code == .notFound)
            if name == "wbe" { #expect(error?.suggestions.first == "web") }
        }
    }

    @Test
    func whatMayNotBeSeenIsForbidden() async throws {
        try await ReadsBench.run { client, _ in
            let error = await #expect(throws: KomodoError.self) {
                try await client.resource(.deployment, "secret-vault")
            }
            #expect(error?.code == .forbidden)
        }
    }

    @Test
    func endedRunsAreReadOnce() async throws {
        try await ReadsBench.run { client, simulator in
            for _ in 0..<7 { try await ReadsBench.finish(.triggerAction, "report", client) }
            func asked() -> Int { simulator.ledger.requestsByType["GetUpdate"] ?? 0 }
            let before = asked()
            let action = try await client.resource(.action, "report")
            #expect(asked() - before == 5)
            let runs = action["execution_history"]?.array ?? []
            #expect(runs.count == 7)
            #expect(runs.filter { $0["duration"] != nil }.count == 5)
            _ = try await client.resource(.action, "report")
            #expect(asked() - before == 5)
        }
    }

    @Test
    func aPartThatCannotBeReadIsNamed() async throws {
        let failing = FaultRule(
            type: "GetDeploymentStats",
            action: .status(500, body: #"{"error":"no stats today","trace":[]}"#))
        try await ReadsBench.run(options: { $0.faults = FaultScript(rules: [failing]) }) {
            client, _ in
            let deployment = try await client.resource(.deployment, "web")
            #expect(deployment["unavailable"] == ["metrics: no stats today"])
            #expect(deployment["logs"]?.string?.isEmpty == false)
        }
    }

    @Test(arguments: ReadsBench.versions, TargetType.allCases)
    func whatOnlyCoreMayKnowStaysOut(_ version: String, _ type: TargetType) async throws {
        try await ReadsBench.run(version) { client, _ in
            let page = try await client.resources(ResourceQuery(type))
            var texts = page.items.map { JSONValue.object($0).serialized() }
            for name in page.names {
                texts.append(JSONValue.object(try await client.resource(type, name)).serialized())
            }
            for text in texts {
                for word in ["webhook-secret", "passkey", "secret_args", "filled-in"] {
                    #expect(!text.contains(word), "\(word) in \(text)")
                }
                if type == .build { #expect(!text.contains("args-secret"), "\(text)") }
            }
        }
    }

    private func id(
        _ type: TargetType, _ name: String, _ client: CoreKomodo
    ) async throws -> String {
        try #require(try await client.resolve(type, name, for: .read).id)
    }
}
