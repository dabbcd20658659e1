import JSON
import Jobs
import KomodoSimulator
import Testing

@testable import KomodoClient

/// The client of the signed interface against a whole Komodo.
@Suite(.timeLimit(.minutes(2)))
struct SignedSimulatorTests {
    static let styles = [
        SignedStyle(), SignedStyle(isEnveloped: true, isCamelCase: false, isModuleShaped: true),
        SignedStyle(isEnveloped: true, isCamelCase: true, isModuleShaped: false),
    ]

    @Test(arguments: styles)
    func listsAndDocumentsComeInTheDocumentedSpelling(_ style: SignedStyle) async throws {
        try await withSignedSimulator({ $0.signedStyle = style }) { client, _ in
            let page = try await client.resources(
                ResourceQuery(.deployment, page: PageRequest(number: 2, size: 5)))
            #expect(page.items.count == 5 && page.total > 10)
            let web = try await client.resource(.deployment, "web")
            #expect(web["server_id"]?.string != nil && web["createdAt"]?.string != nil)
            #expect(web["deployment_history"]?.array != nil)
            #expect(web["env"] == ["NODE_ENV": "production", "dbHost": "db.internal"])
            for type in TargetType.allCases where type != .resourceSync {
                let list = try await client.resources(ResourceQuery(type))
                let name = try #require(list.items.first?["name"]?.string)
                #expect(try await client.resource(type, name)["name"]?.string == name)
            }
            let alert = try #require(try await client.alerts(AlertQuery()).items.first)
            let id = try #require(alert["id"]?.string)
            #expect(try await client.alert(id)["resource_type"]?.string == "server")
        }
    }

    @Test
    func filtersArePassedOnAndTheOthersRefused() async throws {
        try await withSignedSimulator { client, _ in
            let servers = try await client.resources(
                ResourceQuery(.server, filters: [.status("error")]))
            #expect(servers.items.map { $0["name"]?.string } == ["edge-offline"])
            let there = try await client.resources(
                ResourceQuery(.deployment, filters: [.server("prod-2")]))
            #expect(there.total > 0 && there.items.allSatisfy { $0["server_id"] != nil })
            let error = await #expect(throws: KomodoError.self) {
                try await client.resources(ResourceQuery(.repo, filters: [.enabled(true)]))
            }
            #expect(error?.code == .unsupported)
        }
    }

    @Test
    func unknownNamesComeWithTheNearest() async throws {
        try await withSignedSimulator { client, _ in
            let error = await #expect(throws: KomodoError.self) {
                try await client.resolve(.deployment, "wbe", for: .read)
            }
            #expect(error?.code == .notFound)
            #expect(error?.suggestions.contains("web") == true)
        }
    }

    @Test
    func aForbiddenTargetCannotBeRead() async throws {
        let faults = FaultScript(resources: [ResourceFault("web", .forbidden)])
        try await withSignedSimulator({ $0.faults = faults }) { client, simulator in
            simulator.script(FaultScript())
            let target = try await client.resolve(.deployment, "web", for: .read)
            simulator.script(faults)
            #expect(try await !client.canRead(target))
            let result = await client.submit(
                Submission(operation: .deploy, target: target, arguments: [:])
            ) { true }
            #expect(kind(result.outcome) == "rejected")
        }
    }

    @Test(arguments: styles)
    func aRunIsFollowedByListsAndReadOnceAtItsEnd(_ style: SignedStyle) async throws {
        try await withSignedSimulator({ $0.signedStyle = style }) { client, simulator in
            let names = ["web", "api", "worker"]
            var runs: [RemoteRun] = []
            for name in names {
                let target = try await client.resolve(.deployment, name, for: .read)
                guard
                    case .newest(let mark) = try await client.watermark(
                        of: .deploy, [:], on: target, mayHideRun: false)
                else {
                    Issue.record("busy before anything was sent")
                    return
                }
                let result = await client.submit(
                    Submission(operation: .deploy, target: target, arguments: [:])
                ) { true }
                guard case .accepted(.update(let id)) = result.outcome else {
                    Issue.record("not accepted: \(result)")
                    return
                }
                runs.append(run(.deploy, target, id: id, watermark: mark))
            }
            let limit = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < limit {
                let found = try await client.updates(of: runs)
                #expect(found.count == runs.count)
                if found.values.allSatisfy({ $0.status == .complete }) { break }
            }
            for run in runs {
                let update = try await client.update(of: run, for: .poll)
                #expect(update.statedOutcome == .succeeded)
                #expect(update.facts["duration"] != nil)
            }
            let types = simulator.ledger.requestsByType
            // One before each was sent, and one at its end.
            #expect(types["GetDeployment"] == 2 * runs.count)
        }
    }

    @Test
    func anotherRequestOnATargetAtWorkIsBusy() async throws {
        let hang = FaultScript(resources: [ResourceFault("web", .hangs)])
        try await withSignedSimulator({ $0.faults = hang }) { client, simulator in
            let target = try await client.resolve(.deployment, "web", for: .read)
            let deploy = Submission(operation: .deploy, target: target, arguments: [:])
            #expect(kind(await client.submit(deploy) { true }.outcome) == "accepted")
            #expect(kind(await client.submit(deploy) { true }.outcome) == "busy")
            #expect(try await client.isBusy(target))
            #expect(simulator.ledger.submissions(of: "Deploy").count == 1)
        }
    }

    @Test
    func theSameKeyMeansTheSameSubmission() async throws {
        try await withSignedSimulator { client, simulator in
            let target = try await client.resolve(.build, "my-app", for: .read)
            let build = Submission(
                operation: .build, target: target, arguments: [:], idempotencyKey: "job_x.1")
            let first = await client.submit(build) { true }
            let second = await client.submit(build) { true }
            #expect(first.outcome == second.outcome)
            #expect(simulator.ledger.submissions(of: "RunBuild").count == 1)
        }
    }

    @Test(arguments: [-3_600, 3_600])
    func aServerWithAnotherTimeIsUnderstood(_ seconds: Int) async throws {
        let witness = Witness()
        try await withSignedSimulator(
            { $0.clockOffset = .seconds(seconds) }, witness: witness
        ) { client, _ in
            let identity = try await client.identify()
            #expect(abs(identity.clockOffset.inSeconds - Double(seconds)) < 5)
            #expect(identity.remembered == "signed")
            #expect(!witness.signals.contains { $0.keyRefused })
        }
    }

    @Test
    func whatTheInterfaceLacksIsSaidSo() async throws {
        try await withSignedSimulator { client, simulator in
            for call in [
                { _ = try await client.history(HistoryQuery()) },
                { _ = try await client.containers(ContainerQuery()) },
                { _ = try await client.systemStats(ofServer: "prod-1") },
                { _ = try await client.log(ContainerLogQuery(.deployment("web"), tail: 5)) },
                { _ = try await client.resources(ResourceQuery(.resourceSync)) },
            ] as [() async throws -> Void] {
                let error = await #expect(throws: KomodoError.self) { try await call() }
                #expect(error?.code == .unsupported)
            }
            #expect(simulator.ledger.requestCount == 0)
        }
    }

    @Test
    func theClientPrintsNoSecret() async throws {
        try await withSigned(testConnection("http://127.0.0.1:1")) { client in
            var dumped = ""
            dump(client, to: &dumped)
            for text in ["\(client)", String(reflecting: client), dumped] {
                #expect(!text.contains(testSecret) && !text.contains(testKey))
            }
        }
    }
}
