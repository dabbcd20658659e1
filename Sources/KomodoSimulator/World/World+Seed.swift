extension World {
    /// The seeded installation with `extraDeployments` more deployments, `app-0001` and so on.
    init(extraDeployments: Int) {
        let tagNames = ["production", "staging", "demo"]
        self.init(tags: tagNames.map { ("67" + SeededRandom.hex("Tag/\($0)", digits: 22), $0) })
        for resource in Self.servers + Self.deployments + Self.stacks { add(resource) }
        for resource in Self.builds + Self.repos + Self.procedures { add(resource) }
        for resource in Self.actions + Self.syncs { add(resource) }
        add(WorldResource(.builder, "local", state: "Ok"))
        let count = min(max(extraDeployments, 0), SimulatorOptions.extraDeploymentsMax)
        for number in 0..<count {
            let digits = String(number + 1)
            let name = "app-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            add(Self.deployment(name, image: "ghcr.io/example/app:1.4.2", on: "prod-2"))
        }
        tagEverything()
    }

    /// Gives half of the resources a tag, so that filters have something to find.
    private mutating func tagEverything() {
        let tags = tags
        for kind in [ResourceKind.deployment, .stack, .build] {
            for (offset, resource) in all(kind).enumerated() where offset.isMultiple(of: 2) {
                self[resource.id]?.tags = [tags[(offset / 2) % tags.count].id]
            }
        }
    }

    private static var servers: [WorldResource] {
        [
            ("prod-1", "Ok"), ("prod-2", "Ok"), ("staging", "Ok"), ("edge-offline", "NotOk"),
            ("lab-disabled", "Disabled"),
        ].map { WorldResource(.server, $0.0, state: $0.1) }
    }

    private static func deployment(
        _ name: String, image: String, on server: String = "prod-1", state: String = "running",
        _ peculiarity: (inout Behaviour) -> Void = { _ in }
    ) -> WorldResource {
        var resource = WorldResource(.deployment, name, state: state)
        resource.image = image
        resource.serverID = WorldResource.id(of: .server, server)
        peculiarity(&resource.behaviour)
        return resource
    }

    private static var deployments: [WorldResource] {
        var myApp = deployment("my-app", image: "registry.example.com/my-app")
        myApp.buildID = WorldResource.id(of: .build, "my-app")
        return [
            myApp, deployment("web", image: "nginx:1.27"),
            deployment("api", image: "ghcr.io/example/api:2.1.0"),
            deployment("worker", image: "ghcr.io/example/worker:2.1.0", on: "prod-2"),
            deployment("db", image: "postgres:17"), deployment("cache", image: "redis:7"),
            deployment("broken", image: "ghcr.io/example/broken:latest") { $0.fails = true },
            deployment("flaky", image: "ghcr.io/example/flaky:3") { $0.failsEvery = 2 },
            deployment("busy", image: "ghcr.io/example/busy:1") { $0.busyMilliseconds = 8_000 },
            deployment("slow", image: "ghcr.io/example/slow:1") { $0.slowness = 10 },
            deployment("stuck", image: "ghcr.io/example/stuck:1") { $0.hangs = true },
            deployment("sick", image: "ghcr.io/example/sick:1") {
                $0.stateAfterDeploy = "unhealthy"
            },
            deployment("secret-vault", image: "vault:1.17") { $0.isForbidden = true },
            deployment("offline-app", image: "nginx:1.27", on: "edge-offline", state: "unknown"),
            deployment("stopped-app", image: "nginx:1.27", on: "staging", state: "exited"),
            deployment("new-app", image: "nginx:1.27", on: "staging", state: "not_deployed"),
        ]
    }

    private static func stack(
        _ name: String, services: [(name: String, image: String)], on server: String = "prod-2",
        state: String = "running", isWrittenInUI: Bool = false,
        _ peculiarity: (inout Behaviour) -> Void = { _ in }
    ) -> WorldResource {
        var resource = WorldResource(.stack, name, state: state)
        resource.services = services
        if !isWrittenInUI { resource.repository = "example/\(name)" }
        resource.commitHash = SeededRandom.hex("commit/\(name)", digits: 7)
        resource.serverID = WorldResource.id(of: .server, server)
        peculiarity(&resource.behaviour)
        return resource
    }

    private static var stacks: [WorldResource] {
        [
            stack("shop", services: [("web", "nginx:1.27"), ("db", "postgres:17")]) {
                $0.change = .whole
            },
            stack("blog", services: [("ghost", "ghost:5")]) { $0.change = .whole },
            stack(
                "monitoring",
                services: [
                    ("grafana", "grafana/grafana:11.2"), ("prometheus", "prom/prometheus:v3"),
                ], isWrittenInUI: true),
            stack("media", services: [("jellyfin", "jellyfin:10"), ("proxy", "caddy:2")]) {
                $0.change = .service
            },
            stack("broken-stack", services: [("app", "example/none:1")], state: "down") {
                $0.fails = true
                $0.change = .whole
            },
            stack(
                "legacy", services: [("app", "httpd:2.4")], on: "edge-offline", state: "unknown"),
        ]
    }

    private static func source(
        _ kind: ResourceKind, _ name: String, server: String? = nil, builder: String? = "local",
        _ peculiarity: (inout WorldResource) -> Void = { _ in }
    ) -> WorldResource {
        var resource = WorldResource(kind, name, state: "Ok")
        resource.repository = "example/\(name)"
        resource.commitHash = SeededRandom.hex("commit/\(name)", digits: 7)
        resource.serverID = server.map { WorldResource.id(of: .server, $0) } ?? ""
        resource.builderID = builder.map { WorldResource.id(of: .builder, $0) } ?? ""
        peculiarity(&resource)
        return resource
    }

    private static var builds: [WorldResource] {
        [
            source(.build, "my-app") { $0.linkedRepoID = WorldResource.id(of: .repo, "my-repo") },
            source(.build, "api-image"),
            source(.build, "slow-build") { $0.behaviour.slowness = 10 },
            source(.build, "broken-build") { $0.behaviour.fails = true },
            source(.build, "orphan-build", builder: nil),
        ]
    }

    private static var repos: [WorldResource] {
        [
            source(.repo, "infra", server: "prod-1") { $0.gitAccount = "deploy-bot" },
            source(.repo, "docs", server: "staging") { $0.gitProvider = "gitlab.com" },
            source(.repo, "my-repo", server: "prod-2"),
            source(.repo, "broken-repo", server: "prod-1") { $0.behaviour.fails = true },
            source(.repo, "orphan-repo", builder: nil),
        ]
    }

    private static func execution(_ type: String, _ field: String, _ name: String)
        -> WorldResource.StageExecution
    {
        WorldResource.StageExecution(type: type, field: field, name: name)
    }

    private static var procedures: [WorldResource] {
        var nightly = WorldResource(.procedure, "nightly", state: "Ok")
        nightly.stages = [("Pull", [execution("PullRepo", "repo", "docs")])]
        nightly.schedule = "0 0 2 * * *"
        var release = WorldResource(.procedure, "release", state: "Ok")
        release.acceptsWebhooks = false
        release.stages = [
            ("Build", [execution("RunBuild", "build", "api-image")]),
            (
                "Deploy",
                [
                    execution("Deploy", "deployment", "api"),
                    execution("Deploy", "deployment", "worker"),
                ]
            ),
        ]
        var broken = WorldResource(.procedure, "broken-procedure", state: "Ok")
        broken.stages = [
            ("Prepare", [execution("PullRepo", "repo", "infra")]),
            ("Deploy", [execution("Deploy", "deployment", "broken")]),
            ("Never reached", [execution("Deploy", "deployment", "web")]),
        ]
        var slow = WorldResource(.procedure, "slow-procedure", state: "Ok")
        slow.stages = (1...6).map { ("Step \($0)", [execution("RunAction", "action", "report")]) }
        return [nightly, release, broken, slow]
    }

    private static var actions: [WorldResource] {
        var slow = WorldResource(.action, "slow-action", state: "Ok")
        slow.behaviour.slowness = 10
        var broken = WorldResource(.action, "broken-action", state: "Ok")
        broken.behaviour.fails = true
        return [
            WorldResource(.action, "cleanup", state: "Ok"),
            WorldResource(.action, "report", state: "Ok"), slow, broken,
        ]
    }

    private static var syncs: [WorldResource] {
        [
            source(.resourceSync, "production"),
            source(.resourceSync, "broken-sync") { $0.behaviour.fails = true },
        ]
    }
}
