import Foundation
import JSON
import Jobs
import Redaction
import Testing

@testable import KomodoClient

/// Makes every read once against a Komodo that is named from outside, so that others can judge what
/// goes over the wire.
@Suite(.timeLimit(.minutes(5)))
struct EveryReadTests {
    static let environment = ProcessInfo.processInfo.environment

    @Test(.enabled(if: environment["KOMODO_READS_URL"] != nil))
    func everyReadIsMadeAndUnderstood() async throws {
        let (url, key, secret) = try (
            #require(Self.environment["KOMODO_READS_URL"]),
            #require(Self.environment["KOMODO_READS_KEY"]),
            #require(Self.environment["KOMODO_READS_SECRET"])
        )
        var connection = testConnection(url)
        connection.apiKey = Secret(key)
        connection.apiSecret = Secret(secret)
        try await withClient(connection, knownVersion: nil) { client in
            for type in TargetType.allCases {
                let page = try await client.resources(ResourceQuery(type))
                #expect(!page.items.isEmpty)
                for name in page.names {
                    let document = try await client.resource(type, name)
                    #expect(document["unavailable"] == nil, "\(document)")
                }
            }
            for item in ListTests.filtered { _ = try await client.resources(item.query) }
            try await readRecords(client)
        }
    }

    private func readRecords(_ client: CoreKomodo) async throws {
        let alerts = try await client.alerts(AlertQuery())
        _ = try await client.alerts(
            AlertQuery(severity: "critical", isResolved: false, resourceType: "server"))
        for alert in alerts.items { _ = try await client.alert(alert["id"]?.string ?? "") }
        let target = Target(type: .deployment, id: nil, name: "web")
        let history = try await client.history(HistoryQuery(target: target, operation: "Deploy"))
        for entry in history.items { _ = try await client.historyEntry(entry["id"]?.string ?? "") }
        for grep in [nil, "line [1"] {
            for source: ContainerLogQuery.Source in [
                .deployment("api"), .stack("blog", services: ["ghost"]),
                .stack("blog", services: []), .container("api", server: "prod-1"),
            ] {
                _ = try await client.log(
                    ContainerLogQuery(source, tail: 5, grep: grep, hasTimestamps: grep != nil))
            }
        }
        #expect(try await client.containers(ContainerQuery()).total > 0)
        #expect(try await client.containers(ContainerQuery(server: "prod-1")).total > 0)
        _ = try await client.systemStats(ofServer: "prod-1")
    }
}
