internal import JSON

extension World {
    /// One alert of every type that a version has, the newest first, then `extra` more.
    func alerts(extra: Int, version: CoreVersion) -> [AlertRecord] {
        let seeded = alertSeeds.filter { version.isTwo || $0.type != "SwarmUnhealthy" }
        let count = min(max(extra, 0), SimulatorOptions.extraAlertsMax)
        let more = (0..<count).map { number -> AlertSeed in
            AlertSeed(
                "WARNING", "Server", serverID("prod-2"), "ServerCpu",
                ["percentage": .int(60 + number % 40)], name: "prod-2", isOpen: false)
        }
        return (seeded + more).enumerated().map { place, seed in
            seed.record(place: place)
        }
    }

    private var alertSeeds: [AlertSeed] { serverAlerts + workloadAlerts + runAlerts + otherAlerts }

    private func serverID(_ name: String) -> String { WorldResource.id(of: .server, name) }

    private var serverAlerts: [AlertSeed] {
        let prod = serverID("prod-1")
        return [
            AlertSeed(
                "CRITICAL", "Server", serverID("edge-offline"), "ServerUnreachable",
                [
                    "region": "eu-central",
                    "err": ["error": "Server is not connected", "trace": ["connection refused"]],
                ], name: "edge-offline", isOpen: true),
            AlertSeed(
                "WARNING", "Server", prod, "ServerCpu",
                ["region": "eu-central", "percentage": .number("95.3")], name: "prod-1",
                isOpen: true),
            AlertSeed(
                "WARNING", "Server", prod, "ServerMem",
                ["region": "eu-central", "used_gb": .number("3.5"), "total_gb": .number("4.0")],
                name: "prod-1",
                isOpen: true),
            AlertSeed(
                "CRITICAL", "Server", prod, "ServerDisk",
                [
                    "region": "eu-central", "path": "/", "used_gb": .number("97.5"),
                    "total_gb": .number("100.0"),
                ],
                name: "prod-1", isOpen: true),
            AlertSeed(
                "WARNING", "Server", serverID("staging"), "ServerVersionMismatch",
                [
                    "region": "eu-central", "server_version": "1.18.4", "core_version": "1.19.5",
                ], name: "staging", isOpen: true),
            AlertSeed(
                "CRITICAL", "Swarm", "66" + SeededRandom.hex("Swarm/main", digits: 22),
                "SwarmUnhealthy", ["err": .null], name: "main", isOpen: true),
        ]
    }

    private var workloadAlerts: [AlertSeed] {
        let place: JSONObject = [
            "server_id": .string(serverID("prod-1")), "server_name": "prod-1",
        ]
        func seed(
            _ level: String, _ kind: ResourceKind, _ name: String, _ type: String,
            _ data: JSONObject
        ) -> AlertSeed {
            var all = place
            for member in data.members { all[member.key] = member.value }
            return AlertSeed(
                level, kind.rawValue, WorldResource.id(of: kind, name), type, all, name: name,
                isOpen: false)
        }
        return [
            seed(
                "WARNING", .deployment, "web", "ContainerStateChange",
                ["from": "running", "to": "exited"]),
            seed(
                "OK", .deployment, "api", "DeploymentImageUpdateAvailable",
                ["image": "ghcr.io/example/api:2.1.0"]),
            seed(
                "OK", .deployment, "worker", "DeploymentAutoUpdated",
                ["image": "ghcr.io/example/worker:2.1.0"]),
            seed(
                "WARNING", .stack, "shop", "StackStateChange",
                ["from": "running", "to": "unhealthy"]),
            seed(
                "OK", .stack, "media", "StackImageUpdateAvailable",
                ["service": "proxy", "image": "caddy:2"]),
            seed(
                "OK", .stack, "blog", "StackAutoUpdated", ["images": ["ghost:5", "mysql:8"]]),
        ]
    }

    private var runAlerts: [AlertSeed] {
        func seed(_ kind: ResourceKind, _ name: String, _ type: String, _ data: JSONObject = [:])
            -> AlertSeed
        {
            AlertSeed(
                "CRITICAL", kind.rawValue, WorldResource.id(of: kind, name), type, data,
                name: name, isOpen: false)
        }
        return [
            seed(
                .build, "broken-build", "BuildFailed",
                ["version": ["major": 1, "minor": 0, "patch": 3]]),
            seed(.repo, "broken-repo", "RepoBuildFailed"),
            seed(.procedure, "broken-procedure", "ProcedureFailed"),
            seed(.action, "broken-action", "ActionFailed"),
            seed(.resourceSync, "production", "ResourceSyncPendingUpdates"),
            seed(
                .procedure, "nightly", "ScheduleRun", ["resource_type": "Procedure"]),
        ]
    }

    private var otherAlerts: [AlertSeed] {
        let builder = WorldResource.id(of: .builder, "local")
        return [
            AlertSeed(
                "CRITICAL", "Builder", builder, "AwsBuilderTerminationFailed",
                ["instance_id": "i-0abc", "message": "the instance does not exist"], name: nil,
                isOpen: false),
            AlertSeed(
                "OK", "System", "system", "Custom",
                ["message": "Backup finished", "details": "Took 12 minutes"], name: nil,
                isOpen: false),
            AlertSeed(
                "OK", "Alerter", "66" + SeededRandom.hex("Alerter/chat", digits: 22), "Test", [:],
                name: "chat", isOpen: false),
            AlertSeed("OK", "System", "system", "None", [:], name: nil, isOpen: false),
        ]
    }
}

/// What an alert is made of, without its place in time.
private struct AlertSeed {
    let level: String
    let targetKind: String
    let targetID: String
    let type: String
    let data: JSONObject
    let isOpen: Bool

    /// Between one alert and the next, in milliseconds.
    private static let distance: Int64 = 600_000
    /// From an alert to its end.
    private static let length: Int64 = 300_000

    /// - Parameter name: added to the data with the id of the target; nil for types without them.
    init(
        _ level: String, _ targetKind: String, _ targetID: String, _ type: String,
        _ data: JSONObject, name: String?, isOpen: Bool
    ) {
        self.level = level
        self.targetKind = targetKind
        self.targetID = targetID
        self.type = type
        self.isOpen = isOpen
        var all: JSONObject = [:]
        if let name {
            all["id"] = .string(targetID)
            all["name"] = .string(name)
        }
        for member in data.members { all[member.key] = member.value }
        self.data = all
    }

    func record(place: Int) -> AlertRecord {
        let time = World.createdAt - Int64(place) * Self.distance
        return AlertRecord(
            id: "65" + SeededRandom.hex("Alert/\(place)", digits: 22), time: time, level: level,
            targetKind: targetKind, targetID: targetID, type: type, data: data,
            resolvedAt: isOpen ? nil : time + Self.length)
    }
}
