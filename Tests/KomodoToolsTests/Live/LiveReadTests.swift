import JSON
import MCP
import Testing

@testable import KomodoTools

/// The read tools against a simulated Komodo of each kind of version.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct LiveReadTests {
    static let versions = ["1.19.5", "2.1.0", "2.3.2"]

    /// A list, the tool that shows one of it, and a name that is in it.
    static let resources = [
        (ToolName.listServers, ToolName.getServer, "prod-1"),
        (ToolName.listDeployments, ToolName.getDeployment, "my-app"),
        (ToolName.listStacks, ToolName.getStack, "monitoring"),
        (ToolName.listBuilds, ToolName.getBuild, "api-image"),
        (ToolName.listRepos, ToolName.getRepo, "infra"),
        (ToolName.listProcedures, ToolName.getProcedure, "nightly"),
        (ToolName.listActions, ToolName.getAction, "report"),
    ]

    /// What the simulated Komodo shows that nobody else should see.
    private static let secretMark = "simulated-"

    private static func expectClean(_ answer: Answer, _ name: String) throws {
        let content = try #require(answer.result).structured?.serialized() ?? ""
        let leaks = content.split { $0 == "\"" || $0 == " " || $0 == "\\" || $0 == "=" }
            .filter { $0.hasPrefix(secretMark) && $0.contains("secret") }
        #expect(leaks.isEmpty, "\(name): \(leaks)")
    }

    @Test(arguments: versions)
    func everyResourceIsListedAndShown(_ version: String) async throws {
        try await ToolBench.live(works: false, version: version) { bench in
            for (list, get, name) in Self.resources {
                let page = try await bench.call(list)
                #expect(!page.isError, "\(list): \(page.structured)")
                let items = page.data["items"]?.array ?? []
                #expect(page.data["notes"] == nil, "\(list): \(page.data["notes"] ?? .null)")
                let item = items.first { $0["name"]?.string == name }
                let id = try #require(item?["id"], "\(list): \(page.data)")
                let byName = try await bench.call(get, ["id": .string(name)])
                let byID = try await bench.call(get, ["id": id])
                #expect(byName.data["id"] == id, "\(get): \(byName.structured)")
                #expect(byID.data["name"]?.string == name)
                #expect(byName.data["notes"] == nil, "\(get): \(byName.data["notes"] ?? .null)")
                for answer in [page, byName, byID] { try Self.expectClean(answer, get) }
            }
        }
    }

    @Test(arguments: versions)
    func whatIsBesideThemIsRead(_ version: String) async throws {
        try await ToolBench.live(works: false, version: version) { bench in
            let calls: [(String, JSONObject)] = [
                (ToolName.listAlerts, JSONObject()), (ToolName.listUpdates, JSONObject()),
                (ToolName.listContainers, ["server": "prod-1"]),
                (ToolName.getSystemStats, ["server": "prod-1"]),
                (ToolName.getLog, ["deployment": "my-app", "tail": 5]),
                (ToolName.getLog, ["stack": "monitoring", "services": ["grafana"]]),
            ]
            for (name, arguments) in calls {
                let answer = try await bench.call(name, arguments)
                #expect(!answer.isError, "\(name): \(answer.structured)")
                #expect(answer.data["notes"] == nil, "\(name): \(answer.data)")
                try Self.expectClean(answer, name)
            }
            let alerts = try await bench.call(ToolName.listAlerts)
            if let id = alerts.data["items"]?.array?.first?["id"] {
                let alert = try await bench.call(ToolName.getAlert, ["id": id])
                #expect(alert.data["id"] == id, "\(alert.structured)")
            }
        }
    }

    @Test func pagesFollowEachOther() async throws {
        try await ToolBench.live(works: false) { bench in
            let whole = try await bench.call(ToolName.listDeployments, ["page_size": 100])
            let total = try #require(whole.data["total"]?.int)
            var names: [String] = []
            for page in 1...4 {
                let part = try await bench.call(
                    ToolName.listDeployments, ["page": .int(page), "page_size": 5])
                #expect(part.data["total"]?.int == total)
                #expect(part.data["totalPages"]?.int == (total + 4) / 5)
                names += (part.data["items"]?.array ?? []).compactMap { $0["name"]?.string }
            }
            let all = (whole.data["items"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(names == Array(all.prefix(20)))
        }
    }

    @Test func filtersNarrowAndUnsupportedOnesAreRefused() async throws {
        try await ToolBench.live(works: false) { bench in
            let down = try await bench.call(ToolName.listServers, ["status": "error"])
            #expect(
                down.data["items"]?.array?.compactMap { $0["name"]?.string } == ["edge-offline"])
            let pending = try await bench.call(ToolName.listServers, ["status": "pending"])
            #expect(pending.code == "UNSUPPORTED_OPTION", "\(pending.structured)")
            let onStaging = try await bench.call(
                ToolName.listDeployments, ["server_id": "staging"])
            let names = onStaging.data["items"]?.array?.compactMap { $0["name"]?.string }
            #expect(names?.sorted() == ["new-app", "stopped-app"])
        }
    }

    @Test func anUnknownNameNamesTheNearest() async throws {
        try await ToolBench.live(works: false) { bench in
            let answer = try await bench.call(ToolName.getDeployment, ["id": "my-ap"])
            #expect(answer.code == "NOT_FOUND", "\(answer.structured)")
            let nearest = answer.details["suggestions"]?.array?.compactMap(\.string) ?? []
            #expect(nearest.contains("my-app"))
        }
    }

    @Test func aDeployOfOursIsFoundInItsHistory() async throws {
        try await ToolBench.live { bench in
            let ordered = try await bench.call(
                ToolName.deploy, ["id": "my-app", "wait_seconds": 45])
            let job = try #require(ordered.jobID)
            let shown = try await bench.call(ToolName.getDeployment, ["id": "my-app"])
            let entry = try #require(
                shown.data["deployment_history"]?.array?.first { $0["job_id"]?.string == job },
                "\(shown.data)")
            let id = try #require(entry["execution_id"])
            let update = try await bench.call(ToolName.getUpdate, ["id": id])
            #expect(update.data["job_id"]?.string == job)
            #expect(update.data["logs"]?.array?.isEmpty == false)
            let list = try await bench.call(
                ToolName.listUpdates, ["resource_type": "deployment", "target": "my-app"])
            #expect(list.data["items"]?.array?.contains { $0["id"] == id } == true)
        }
    }
}
