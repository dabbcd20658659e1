import JSON
import Jobs
import KomodoSimulator
import Testing

@testable import KomodoClient

/// Lists of resources of a simulated Core.
@Suite(.timeLimit(.minutes(2)))
struct ListTests {
    /// Fields that every item of a type has, in every version.
    static let fields: [TargetType: [String]] = [
        .server: ["host", "port", "status", "region", "enabled", "tags"],
        .deployment: [
            "server_id", "server_name", "status", "image", "tag", "ports", "volumes", "env",
            "network", "restart_policy", "tags",
        ],
        .stack: [
            "server_id", "server_name", "status", "services", "service_count",
            "running_services", "compose_file",
        ],
        .build: [
            "status", "branch", "commit", "dockerfile", "build_context", "image_registry",
            "image_name", "tags", "resource_tags", "version",
        ],
        .repo: ["provider", "url", "branch", "builds", "webhook_enabled"],
        .procedure: ["trigger", "steps", "schedule_enabled"],
        .action: ["type", "schedule_enabled"],
        .resourceSync: ["repository", "paths"],
    ]
    static let plainNames: [TargetType: String] = [
        .server: "prod-1", .deployment: "web", .stack: "shop", .build: "api-image",
        .repo: "infra", .procedure: "nightly", .action: "cleanup", .resourceSync: "production",
    ]

    @Test(arguments: ReadsBench.versions, TargetType.allCases)
    func itemsHaveTheDocumentedFields(_ version: String, _ type: TargetType) async throws {
        try await ReadsBench.run(version) { client, simulator in
            let page = try await client.resources(ResourceQuery(type))
            let item = try page.named(try #require(Self.plainNames[type]))
            for field in try #require(Self.fields[type]) + [
                "id", "state", "createdAt", "updatedAt",
            ] {
                #expect(item[field] != nil, "\(field) of \(item)")
            }
            #expect(item["unavailable"] == nil, "\(item)")
            #expect(item["createdAt"]?.string?.hasSuffix("Z") == true)
            #expect(page.total == page.items.count)
            #expect(!page.totalIsAtLeast)
        }
    }

    @Test(arguments: ReadsBench.versions)
    func aDeploymentReadsAsDocumented(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let deploy = try await ReadsBench.finish(.deploy, "web", client)
            let page = try await client.resources(
                ResourceQuery(.deployment, filters: [.status("running"), .server("prod-1")]))
            let web = try page.named("web")
            #expect(web["status"]?.string == "running")
            #expect(web["state"]?.string == "running")
            #expect(web["image"]?.string == "nginx:1.27")
            #expect(web["tag"]?.string == "1.27")
            #expect(web["ports"] == ["8080:80", "8443:443"])
            #expect(web["volumes"] == ["/data/web:/app/data"])
            #expect(web["env"]?["APP"]?.string == "web")
            #expect(web["server_name"]?.string == "prod-1")
            let deployedAt = deploy.summary.startedAt.iso8601Seconds
            #expect(web["lastDeployedAt"]?.string == deployedAt)
            #expect(try page.named("api")["lastDeployedAt"] == nil)
            #expect(page.names.contains("worker") == false)
            #expect(page.names == page.names.sorted())
        }
    }

    struct Filtered: Sendable {
        let query: ResourceQuery
        let names: [String]
    }

    static let filtered: [Filtered] = [
        Filtered(
            query: ResourceQuery(.server, filters: [.status("error")]), names: ["edge-offline"]),
        Filtered(
            query: ResourceQuery(.server, filters: [.status("stopped")]), names: ["lab-disabled"]),
        Filtered(
            query: ResourceQuery(
                .deployment, filters: [.status("stopped"), .server("staging")]),
            names: ["new-app", "stopped-app"]),
        Filtered(query: ResourceQuery(.deployment, filters: [.status("deploying")]), names: []),
        Filtered(
            query: ResourceQuery(.stack, filters: [.status("inactive")]), names: ["broken-stack"]),
        Filtered(
            query: ResourceQuery(.stack, filters: [.server("edge-offline")]), names: ["legacy"]),
        Filtered(
            query: ResourceQuery(.build, filters: [.repo("my-repo")]), names: ["my-app"]),
        Filtered(
            query: ResourceQuery(.build, filters: [.repo("example/api-image")]),
            names: ["api-image"]),
        Filtered(
            query: ResourceQuery(.build, filters: [.status("success"), .repo("docs")]), names: []),
        Filtered(query: ResourceQuery(.repo, filters: [.provider("gitlab")]), names: ["docs"]),
        Filtered(query: ResourceQuery(.repo, filters: [.provider("bitbucket")]), names: []),
        Filtered(
            query: ResourceQuery(.procedure, filters: [.trigger("scheduled")]), names: ["nightly"]),
        Filtered(
            query: ResourceQuery(.procedure, filters: [.trigger("manual")]), names: ["release"]),
        Filtered(
            query: ResourceQuery(.procedure, filters: [.trigger("webhook")]),
            names: ["broken-procedure", "slow-procedure"]),
        Filtered(
            query: ResourceQuery(.action, filters: [.actionType("script"), .enabled(true)]),
            names: ["broken-action", "cleanup", "report", "slow-action"]),
    ]

    @Test(arguments: ReadsBench.versions, filtered.indices)
    func filtersFindWhatTheySay(_ version: String, _ index: Int) async throws {
        let item = Self.filtered[index]
        try await ReadsBench.run(version) { client, _ in
            let page = try await client.resources(item.query)
            #expect(page.names == item.names, "\(item.query)")
            #expect(page.total == item.names.count)
        }
    }

    @Test
    func statesAreAskedForOnlyWhereCoreKnowsThem() throws {
        for (version, expected) in [("2.3.0", 1), ("2.2.0", 0), ("1.19.5", 0)] {
            var filters = ResourceFilters()
            let known = try #require(KomodoVersion(version))
            try filters.add(.status("running"), .deployment, of: known)
            #expect(filters.specific.count == expected)
            #expect(filters.match(item: ["info": ["state": "restarting"]], config: nil))
            #expect(!filters.match(item: ["info": ["state": "exited"]], config: nil))
        }
    }

    static let unsupported: [(TargetType, ResourceQuery.Filter, String)] = [
        (.server, .status("pending"), "running, error, stopped"),
        (.action, .actionType("api"), "script"), (.action, .actionType("notification"), "script"),
        (.action, .enabled(false), "schedule_enabled"),
        (.repo, .status("connected"), "cannot be filtered by status"),
        (.server, .server("prod-1"), "cannot be filtered by server_id"),
        (.build, .trigger("manual"), "cannot be filtered by trigger"),
    ]

    @Test(arguments: unsupported.indices)
    func whatCoreCannotSayIsRefusedUnsent(_ index: Int) async throws {
        let (type, filter, words) = Self.unsupported[index]
        try await ReadsBench.run { client, simulator in
            let error = await #expect(throws: KomodoError.self) {
                try await client.resources(ResourceQuery(type, filters: [filter]))
            }
            #expect(error?.code == .unsupported)
            // Also when an earlier condition names a server that would have to be looked up.
            let later = await #expect(throws: KomodoError.self) {
                try await client.resources(
                    ResourceQuery(.stack, filters: [.server("prod-1"), .status("odd")]))
            }
            #expect(later?.code == .unsupported)
            #expect(error?.message.contains(words) == true, "\(String(describing: error))")
            #expect(simulator.ledger.requestCount == 0)
        }
    }

    @Test
    func anUnknownServerInAFilterComesWithTheNearest() async throws {
        try await ReadsBench.run { client, _ in
            let error = await #expect(throws: KomodoError.self) {
                try await client.resources(
                    ResourceQuery(.deployment, filters: [.server("prod-11")]))
            }
            #expect(error?.code == .notFound)
            #expect(error?.suggestions.first == "prod-1")
        }
    }

    @Test(arguments: ReadsBench.versions)
    func pagesAreCutHereFromTheWholeList(_ version: String) async throws {
        try await ReadsBench.run(version, options: { $0.extraDeployments = 135 }) {
            client, simulator in
            var seen: [String] = []
            for number in 1...4 {
                let before = simulator.ledger.requests.count
                let page = try await client.resources(
                    ResourceQuery(.deployment, page: PageRequest(number: number, size: 50)))
                #expect(page.total == 150)
                #expect(page.items.count == (number == 4 ? 0 : 50))
                seen += page.names
                let requests = ReadsBench.requests(simulator, after: before)
                // A page past the end costs the list alone.
                #expect(requests.count <= (number == 4 ? 1 : 5), "\(requests)")
            }
            #expect(Set(seen).count == 150)
            #expect(seen == seen.sorted())
        }
    }

    @Test(arguments: [PageRequest(number: 0, size: 50), PageRequest(number: 1, size: 101)])
    func pagesThatAreNoneAreRefused(_ page: PageRequest) async throws {
        try await ReadsBench.run { client, simulator in
            let error = await #expect(throws: KomodoError.self) {
                try await client.resources(ResourceQuery(.server, page: page))
            }
            #expect(error?.code == .invalid)
            #expect(simulator.ledger.requestCount == 0)
        }
    }

    @Test
    func aListCostsFewRequestsAndOnlyOfReads() async throws {
        let witness = Witness()
        try await ReadsBench.run(witness: witness) { client, simulator in
            for _ in 0..<2 { _ = try await client.resources(ResourceQuery(.deployment)) }
            // The names of the tags are remembered.
            #expect(
                ReadsBench.requests(simulator) == [
                    "ListDeployments", "ListDeployments", "ListFullDeployments",
                    "ListFullDeployments", "ListTags", "ListUpdates", "ListUpdates",
                ])
            #expect(witness.permits.allSatisfy { $0 == .read })
        }
    }

    @Test
    func tagsHaveNamesAndBuildsTheTagsOfTheirImages() async throws {
        try await ReadsBench.run { client, _ in
            let deployments = try await client.resources(ResourceQuery(.deployment))
            let tags = deployments.items.flatMap { $0["tags"]?.texts ?? [] }
            #expect(!tags.isEmpty)
            #expect(Set(tags).isSubset(of: ["production", "staging", "demo"]))
            let build = try await client.resources(ResourceQuery(.build)).named("api-image")
            #expect(build["tags"]?.texts.prefix(4) == ["latest", "1.0.0", "1.0", "1"])
            #expect(build["image_name"]?.string == "api-image")
        }
    }

    @Test(arguments: ReadsBench.versions)
    func aLinkedRepositoryIsNamed(_ version: String) async throws {
        try await ReadsBench.run(version) { client, _ in
            let build = try await client.resources(ResourceQuery(.build)).named("my-app")
            #expect(build["repo_name"]?.string == "my-repo")
            let repo = try await client.resources(ResourceQuery(.repo)).named("my-repo")
            #expect(repo["id"] == build["repo_id"])
            #expect(repo["builds"] == [build["id"] ?? .null])
        }
    }

    @Test
    func aPartThatFailsIsNamedAndTheRestIsThere() async throws {
        let failing = FaultRule(
            type: "ListFullDeployments", action: .status(500, body: #"{"error":"odd","trace":[]}"#))
        try await ReadsBench.run(options: { $0.faults = FaultScript(rules: [failing]) }) {
            client, _ in
            let page = try await client.resources(ResourceQuery(.deployment))
            let web = try page.named("web")
            #expect(web["image"]?.string == "nginx:1.27")
            #expect(web["env"] == nil)
            #expect(web["unavailable"] == ["config: odd"])
        }
    }
}
