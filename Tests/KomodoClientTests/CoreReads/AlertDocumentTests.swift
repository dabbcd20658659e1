import JSON
import Jobs
import Testing

@testable import KomodoClient

/// The titles and messages that Core leaves to whoever shows an alert.
@Suite(.timeLimit(.minutes(2)))
struct AlertDocumentTests {
    struct Case: Sendable {
        let type: String
        let level: String
        let data: JSONObject
        let title: String
        let message: String
    }

    static let named: JSONObject = [
        "id": "64b7f0a1c2d3e4f5a6b7c8d9", "name": "prod-1", "server_name": "host-1",
    ]

    static func alert(
        _ type: String, _ level: String, _ more: JSONObject, _ title: String, _ message: String
    ) -> Case {
        var data = named
        for member in more.members { data[member.key] = member.value }
        return Case(type: type, level: level, data: data, title: title, message: message)
    }

    static let cases: [Case] = [
        alert(
            "ServerUnreachable", "CRITICAL",
            ["err": ["error": "no route", "trace": ["host down"]]],
            "Server prod-1 is unreachable",
            "Komodo cannot reach the agent on prod-1: no route: host down"),
        alert(
            "ServerUnreachable", "OK", [:], "Server prod-1 is reachable again",
            "Komodo is connected to prod-1 again."),
        alert(
            "SwarmUnhealthy", "CRITICAL", [:], "Swarm prod-1 is unhealthy",
            "The swarm prod-1 is unhealthy."),
        alert(
            "ServerCpu", "WARNING", ["percentage": .number("95.3")], "High CPU usage on prod-1",
            "CPU usage on prod-1 is 95%."),
        alert(
            "ServerCpu", "OK", ["percentage": .number("12.5")],
            "CPU usage on prod-1 is back to normal", "CPU usage on prod-1 is 13%."),
        alert(
            "ServerMem", "CRITICAL", ["used_gb": .number("3.5"), "total_gb": 4],
            "High memory usage on prod-1", "Memory in use on prod-1: 3.5GB of 4GB (88%)."),
        alert(
            "ServerDisk", "OK", ["used_gb": 10, "total_gb": 100, "path": "/data"],
            "Disk usage on prod-1 is back to normal",
            "Disk in use on prod-1 at /data: 10GB of 100GB (10%)."),
        alert(
            "ServerVersionMismatch", "WARNING",
            ["server_version": "1.19.5", "core_version": "2.3.2"], "Version mismatch on prod-1",
            "The agent on prod-1 is version 1.19.5, Komodo is 2.3.2."),
        alert(
            "ContainerStateChange", "WARNING", ["from": "running", "to": "exited"],
            "Deployment prod-1 is now exited",
            "Deployment prod-1 on server host-1 changed from running to exited."),
        alert(
            "StackStateChange", "WARNING", ["from": "running", "to": "down"],
            "Stack prod-1 is now down",
            "Stack prod-1 on server host-1 changed from running to down."),
        alert(
            "DeploymentImageUpdateAvailable", "OK", ["image": "nginx:1"],
            "Update available for deployment prod-1",
            "Deployment prod-1 on server host-1 has a newer image: nginx:1."),
        alert(
            "StackImageUpdateAvailable", "OK", ["image": "nginx:1", "service": "web"],
            "Update available for stack prod-1",
            "Stack prod-1 on server host-1 has a newer image for service web: nginx:1."),
        alert(
            "DeploymentAutoUpdated", "OK", ["image": "nginx:1"],
            "Deployment prod-1 was updated automatically",
            "Deployment prod-1 on server host-1 was redeployed with newer images: nginx:1."),
        alert(
            "StackAutoUpdated", "OK", ["images": ["a:1", "b:2"]],
            "Stack prod-1 was updated automatically",
            "Stack prod-1 on server host-1 was redeployed with newer images: a:1, b:2."),
        alert(
            "AwsBuilderTerminationFailed", "CRITICAL",
            ["instance_id": "i-1", "message": "gone"], "An AWS builder could not be terminated",
            "The instance i-1 could not be terminated: gone"),
        alert(
            "ResourceSyncPendingUpdates", "OK", [:],
            "Resource sync prod-1 has pending updates",
            "The resource sync prod-1 has updates that are not executed yet."),
        alert(
            "BuildFailed", "CRITICAL", ["version": ["major": 1, "minor": 2, "patch": 3]],
            "Build prod-1 failed", "The build prod-1 1.2.3 failed."),
        alert(
            "RepoBuildFailed", "CRITICAL", [:], "Build of repo prod-1 failed",
            "The build of the repo prod-1 failed."),
        alert(
            "ProcedureFailed", "CRITICAL", [:], "Procedure prod-1 failed",
            "A run of the procedure prod-1 failed."),
        alert(
            "ActionFailed", "CRITICAL", [:], "Action prod-1 failed",
            "A run of the action prod-1 failed."),
        alert(
            "ScheduleRun", "OK", ["resource_type": "Procedure"],
            "Scheduled run of procedure prod-1", "The schedule of the procedure prod-1 ran."),
        alert(
            "Test", "OK", [:], "Test of alerter prod-1", "A test of the alerter prod-1."),
        Case(
            type: "Custom", level: "WARNING", data: ["message": "Backup late", "details": "2 h"],
            title: "Backup late", message: "Backup late"),
        Case(
            type: "None", level: "OK", data: [:], title: "Alert without data",
            message: "Komodo tells nothing about this alert."),
        alert(
            "MoonPhaseChange", "OK", [:], "Alert: moon phase change about prod-1",
            "Komodo raised an alert: moon phase change about prod-1."),
    ]

    @Test(arguments: cases.indices)
    func everyTypeHasItsWords(_ index: Int) {
        let item = Self.cases[index]
        let text = AlertText(
            type: item.type, data: .object(item.data), isOver: item.level == "OK")
        #expect(text.title == item.title)
        #expect(text.message == item.message)
    }

    @Test
    func anAlertHasTheDocumentedFields() {
        let alert: JSONValue = [
            "_id": ["$oid": .string(testID)], "ts": 1_769_441_400_000, "resolved": true,
            "level": "WARNING", "target": ["type": "ResourceSync", "id": .string(otherID)],
            "data": [
                "type": "ServerDisk",
                "data": [
                    "id": .string(otherID), "name": "prod-1", "path": "/", "used_gb": 45,
                    "total_gb": 90,
                ],
            ],
            "resolved_ts": 1_769_442_300_000,
        ]
        let document = AlertDocument.detailed(alert)
        #expect(document["id"]?.string == testID)
        #expect(document["severity"]?.string == "warning")
        #expect(document["level"]?.string == "WARNING")
        #expect(document["resource_type"]?.string == "resource_sync")
        #expect(document["resource_id"]?.string == otherID)
        #expect(document["resource_name"]?.string == "prod-1")
        #expect(document["resolved"]?.bool == true)
        #expect(document["triggered_at"]?.string == "2026-01-26T15:30:00Z")
        #expect(document["resolved_at"]?.string == "2026-01-26T15:45:00Z")
        #expect(document["last_updated"]?.string == "2026-01-26T15:45:00Z")
        #expect(document["metrics"]?["disk_usage"]?.string == "45GB / 90GB")
        #expect(document["metrics"]?["disk_usage_percent"]?.int == 50)
        #expect(document["metrics"]?["mount"]?.string == "/")
        #expect(
            document["timeline"]?.array?.compactMap { $0["event"]?.string } == [
                "Alert triggered", "Alert resolved",
            ])
    }

    @Test(arguments: ["error", "fatal"])
    func severitiesThatCoreLacksAreRefused(_ severity: String) {
        let error = #expect(throws: KomodoError.self) {
            try AlertWords.level(severity: severity)
        }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("critical") == true)
    }

    @Test
    func typesOfResourcesAreKnownByTheDocumentedWord() throws {
        #expect(try AlertWords.coreType("resource_sync") == "ResourceSync")
        #expect(try AlertWords.coreType("server") == "Server")
        let error = #expect(throws: KomodoError.self) { try AlertWords.coreType("Server") }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains("resource_sync") == true)
    }
}
