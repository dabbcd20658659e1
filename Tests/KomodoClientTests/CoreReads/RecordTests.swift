import JSON
import Jobs
import KomodoSimulator
import Synchronization
import Testing

@testable import KomodoClient

/// Alerts, history, logs, containers and stats of a simulated Core.
@Suite(.timeLimit(.minutes(2)))
struct RecordTests {
    @Test(arguments: ReadsBench.versions)
    func alertsAreFilteredByCore(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let all = try await client.alerts(AlertQuery())
            #expect(all.total == (version == "1.19.5" ? 21 : 22))
            let times = all.items.compactMap { $0["triggered_at"]?.string }
            #expect(times == times.sorted(by: >))
            let open = try await client.alerts(
                AlertQuery(severity: "critical", isResolved: false, resourceType: "server"))
            #expect(
                open.items.compactMap { $0["title"]?.string } == [
                    "Server edge-offline is unreachable", "High disk usage on prod-1",
                ])
            let syncs = try await client.alerts(AlertQuery(resourceType: "resource_sync"))
            #expect(syncs.items.map { $0["alert_type"]?.string } == ["ResourceSyncPendingUpdates"])
            let none = try await client.alerts(AlertQuery(severity: "info", isResolved: false))
            #expect(none.items.isEmpty)
        }
    }

    @Test(arguments: ReadsBench.versions)
    func anAlertIsFoundByItsID(_ version: String) async throws {
        try await ReadsBench.run(version) { client, simulator in
            let listed = try await client.alerts(AlertQuery()).items
            for item in listed {
                let id = try #require(item["id"]?.string)
                let alert = try await client.alert(id)
                #expect(alert["title"] == item["title"])
                #expect(alert["timeline"]?.array?.isEmpty == false)
            }
            for id in ["000000000000000000000000", "no id"] {
                let error = await #expect(throws: KomodoError.self) { try await client.alert(id) }
                #expect(error?.code == .notFound)
            }
            #expect(simulator.ledger.requestsByType["GetAlert"] == listed.count + 1)
        }
    }

    @Test
    func alertsAreReadAsFarAsThePageNeeds() async throws {
        try await ReadsBench.run(options: { $0.extraAlerts = 1_500 }) { client, simulator in
            for (number, asked, total) in [
                (1, 1, 100), (2, 1, 200), (1, 1, 100), (10, 9, 1_000), (9, 0, 1_000),
                (11, 0, 1_000), (500, 0, 1_000),
            ] {
                let before = simulator.ledger.requestsByType["ListAlerts"] ?? 0
                let page = try await client.alerts(
                    AlertQuery(page: PageRequest(number: number, size: 100)))
                #expect(page.items.count == (number <= 10 ? 100 : 0), "page \(number)")
                #expect(page.total == total && page.totalIsAtLeast, "page \(number)")
                #expect((page.reachesBackTo != nil) == (total == 1_000), "page \(number)")
                let after = simulator.ledger.requestsByType["ListAlerts"] ?? 0
                #expect(after - before == asked, "page \(number)")
            }
        }
    }

    @Test
    func aWalkThatTakesTooLongIsGivenUp() async throws {
        try await ReadsBench.run(
            surroundings: .slow(everyLook: .seconds(4)), options: { $0.extraAlerts = 1_500 }
        ) { client, simulator in
            let error = await #expect(throws: KomodoError.self) {
                try await client.alerts(AlertQuery(page: PageRequest(number: 10, size: 100)))
            }
            #expect(error?.code == .timedOut)
            let asked = simulator.ledger.requestsByType["ListAlerts"] ?? 0
            #expect((2..<10).contains(asked), "\(asked) pages")
            // A page that is reached in time is none the worse for it.
            let first = try await client.alerts(AlertQuery(page: PageRequest(number: 1, size: 100)))
            #expect(first.items.count == 100)
        }
    }

    @Test
    func aRecordThatEndsHasATotal() async throws {
        try await ReadsBench.run(options: { $0.extraAlerts = 100 }) { client, simulator in
            let page = try await client.alerts(
                AlertQuery(page: PageRequest(number: 3, size: 100)))
            #expect(page.items.isEmpty && page.total == 122)
            #expect(!page.totalIsAtLeast && page.reachesBackTo == nil)
            #expect(simulator.ledger.requestsByType["ListAlerts"] == 2)
        }
    }

    @Test
    func aWalkIsNotGoneOnWithAfterAMinute() async throws {
        let now = Mutex(Duration.zero)
        var surroundings = Surroundings.live
        surroundings.now = { now.withLock { $0 } }
        try await ReadsBench.run(
            surroundings: surroundings, options: { $0.extraAlerts = 500 }
        ) { client, simulator in
            for (seconds, number, asked) in [(0, 1, 1), (59, 2, 1), (2, 2, 2)] {
                now.withLock { $0 += .seconds(seconds) }
                let before = simulator.ledger.requestsByType["ListAlerts"] ?? 0
                _ = try await client.alerts(
                    AlertQuery(page: PageRequest(number: number, size: 100)))
                let after = simulator.ledger.requestsByType["ListAlerts"] ?? 0
                #expect(after - before == asked)
            }
        }
    }

    @Test
    func anUnsupportedSeverityIsRefusedUnsent() async throws {
        try await ReadsBench.run { client, simulator in
            let error = await #expect(throws: KomodoError.self) {
                try await client.alerts(AlertQuery(severity: "error"))
            }
            #expect(error?.code == .unsupported)
            #expect(simulator.ledger.requestCount == 0)
        }
    }

    @Test(arguments: ReadsBench.versions)
    func historyTellsWhatWasDone(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            try await ReadsBench.finish(.deploy, "web", client)
            try await ReadsBench.finish(.restartDeployment, "web", client)
            let broken = try await ReadsBench.finish(.deploy, "broken", client)
            let target = Target(type: .deployment, id: nil, name: "web")
            let page = try await client.history(HistoryQuery(target: target))
            #expect(
                page.items.compactMap { $0["operation"]?.string } == [
                    "RestartDeployment", "Deploy",
                ])
            #expect(page.items.first?["resource_name"]?.string == "web")
            #expect(page.items.first?["resource_type"]?.string == "deployment")
            #expect(page.items.first?["operator"]?.string == "komodo-mcp")
            let deploys = try await client.history(HistoryQuery(operation: "Deploy"))
            #expect(deploys.items.map { $0["status"]?.string } == ["failed", "success"])
            #expect(!deploys.totalIsAtLeast)
            let id = try #require(broken.summary.id)
            let entry = try await client.historyEntry(id)
            #expect(entry["status"]?.string == "failed")
            #expect(entry["resource_name"]?.string == "broken")
            #expect(entry["duration"]?.string?.isEmpty == false)
            #expect(entry["logs"]?.array?.contains { $0["success"]?.bool == false } == true)
            let error = await #expect(throws: KomodoError.self) {
                try await client.historyEntry("000000000000000000000000")
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test
    func historyIsReadAsFarAsThePageNeeds() async throws {
        let change: (inout SimulatorOptions) -> Void = {
            $0.extraDeployments = 230
            $0.timeScale = 0
        }
        try await ReadsBench.run(options: change) { client, simulator in
            _ = try await client.answer(
                to:
                    OutgoingRequest(
                        method: .post, path: "/execute",
                        headers: client.requests.read("GetVersion", [:]).headers,
                        body: Array(
                            #"{"type":"BatchDeploy","params":{"pattern":"app-*"}}"#.utf8),
                        answerBytesMax: AnswerLimits.list), for: .read)
            for (number, asked, total, isAtLeast) in [
                (1, 1, 100, true), (2, 0, 100, true), (4, 1, 200, true), (5, 1, 230, false),
                (5, 0, 230, false), (1, 1, 100, true),
            ] {
                let before = simulator.ledger.requestsByType["ListUpdates"] ?? 0
                let page = try await client.history(
                    HistoryQuery(page: PageRequest(number: number, size: 50)))
                #expect(page.total == total)
                #expect(page.totalIsAtLeast == isAtLeast)
                #expect(page.items.count == (number < 5 ? 50 : 30))
                let after = simulator.ledger.requestsByType["ListUpdates"] ?? 0
                #expect(after - before == asked, "page \(number)")
            }
        }
    }

    @Test(arguments: ReadsBench.versions)
    func historyBeforeAMomentIsOlder(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            try await ReadsBench.finish(.deploy, "web", client)
            let newest = try await ReadsBench.finish(.restartDeployment, "web", client)
            let before = HistoryQuery(before: newest.summary.startedAt)
            let older = try await client.history(before)
            #expect(older.items.compactMap { $0["operation"]?.string } == ["Deploy"])
            let all = try await client.history(HistoryQuery())
            #expect(all.total == 2)
        }
    }

    @Test(arguments: ReadsBench.versions)
    func logsEndWhereTheyEnd(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let web = try await client.log(ContainerLogQuery(.deployment("web"), tail: 3))
            #expect(web.isComplete)
            #expect(
                web.stdout == "line 4998 of web\nline 4999 of web\nline 5000 of web\n")
            let stack = try await client.log(
                ContainerLogQuery(.stack("shop", services: ["db"]), tail: 2))
            #expect(stack.stdout.split(separator: "\n").allSatisfy { $0.hasPrefix("db-1  | ") })
            let both = try await client.log(
                ContainerLogQuery(.stack("shop", services: []), tail: 2))
            #expect(both.stdout.split(separator: "\n").count == 4)
            let container = try await client.log(
                ContainerLogQuery(
                    .container("web", server: "prod-1"), tail: 1, hasTimestamps: true))
            #expect(container.stdout.hasPrefix("2026-01-01T00:00:00.000000000Z line 5000"))
        }
    }

    @Test(arguments: ReadsBench.versions)
    func aSearchFindsTheTextAndNothingElse(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            for source: ContainerLogQuery.Source in [
                .deployment("web"), .stack("shop", services: ["web"]),
                .container("web", server: "prod-1"),
            ] {
                let found = try await client.log(
                    ContainerLogQuery(source, tail: 2, grep: "request [100%]"))
                let lines = found.stdout.split(separator: "\n")
                #expect(lines.count == 2)
                #expect(lines.last?.hasSuffix("line 4901 of web") == true)
                #expect(found.isComplete)
                #expect(found.search == .init(fetched: 50, matched: 50))
                // The brackets are text and no class of characters.
                let none = try await client.log(
                    ContainerLogQuery(source, tail: 2, grep: "line [0-9]"))
                #expect(none.stdout.isEmpty)
                #expect(none.isComplete)
                #expect(none.search?.matched == 0)
            }
        }
    }

    static let wrongLogs: [(ContainerLogQuery, KomodoError.Code)] = [
        (ContainerLogQuery(.container("web; rm -rf /", server: "prod-1"), tail: 1), .invalid),
        (ContainerLogQuery(.container("-f", server: "prod-1"), tail: 1), .invalid),
        (ContainerLogQuery(.container("", server: "prod-1"), tail: 1), .invalid),
        (ContainerLogQuery(.stack("shop", services: ["$(id)"]), tail: 1), .invalid),
        (ContainerLogQuery(.deployment("web"), tail: 0), .invalid),
        (ContainerLogQuery(.deployment("web"), tail: 5_001), .invalid),
    ]

    @Test(arguments: wrongLogs.indices)
    func whatAShellCouldTakeForACommandIsRefusedUnsent(_ index: Int) async throws {
        let (query, code) = Self.wrongLogs[index]
        try await ReadsBench.run { client, simulator in
            let error = await #expect(throws: KomodoError.self) { try await client.log(query) }
            #expect(error?.code == code)
            #expect(simulator.ledger.requestCount == 0)
        }
    }

    @Test(arguments: ReadsBench.versions)
    func containersOfOneServerAndOfAll(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let one = try await client.containers(ContainerQuery(server: "prod-2"))
            #expect(one.names.contains("shop-web-1"))
            #expect(!one.names.contains("web"))
            #expect(one.names == one.names.sorted())
            let all = try await client.containers(
                ContainerQuery(page: PageRequest(number: 1, size: 100)))
            #expect(all.total > one.total)
            for item in all.items { #expect(item["server_name"]?.string != nil, "\(item)") }
            let database = try all.named("db")
            #expect(database["state"]?.string == "running")
            #expect(database["health"]?.string == "healthy")
            #expect(database["ports"] == ["8080:80"])
            #expect(database["created_at"]?.string == "2026-01-01T00:00:00Z")
            let service = try all.named("shop-db-1")
            #expect(service["project"]?.string == "shop")
            #expect(service["service"]?.string == "db")
            let offline = try await client.containers(ContainerQuery(server: "edge-offline"))
            #expect(offline.items.isEmpty)
            let error = await #expect(throws: KomodoError.self) {
                try await client.containers(ContainerQuery(server: "prod-3"))
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test(arguments: ReadsBench.versions)
    func statsOfAServer(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let stats = try await client.systemStats(ofServer: "prod-1")
            #expect(stats["server_name"]?.string == "prod-1")
            #expect(stats["cpu_usage"]?.string == "45%")
            #expect(stats["disks"]?.array?.count == 2)
            #expect(stats["disks"]?.array?.first?["usage"]?.string == "35GB / 80GB")
            #expect(stats["load_average"]?["five"]?.double == 0.25)
            #expect(stats["memory_free_gb"]?.double == 1.5)
            #expect((stats["swap_total_gb"] != nil) == (version == "2.3.2"))
            #expect(stats["measured_at"]?.string == "2026-01-01T00:00:00Z")
            let error = await #expect(throws: KomodoError.self) {
                try await client.systemStats(ofServer: "lab-disabled")
            }
            #expect(error?.code == .serverFault)
        }
    }
}
