import JSON
import Jobs
import KomodoSimulator
import Redaction
import Testing

@testable import KomodoClient

/// The client against a whole Core, in the versions whose behaviour differs.
@Suite(.timeLimit(.minutes(2)))
struct SimulatedCoreTests {
    static let versions = ["1.19.5", "2.0.1", "2.3.2"]

    /// Runs `body` with a client of a quick simulator.
    static func withCore<Value: Sendable>(
        _ version: String = "2.3.2", faults: FaultScript = FaultScript(),
        clockOffset: Duration = .zero, requestTimeout: Duration = .seconds(40), retries: Int = 2,
        _ body: (CoreKomodo, KomodoSimulator) async throws -> Value
    ) async throws -> Value {
        var options = SimulatorOptions()
        options.version = version
        options.timeScale = 0.01
        options.faults = faults
        options.clockOffset = clockOffset
        return try await withKomodoSimulator(options) { simulator, address in
            var connection = testConnection(
                address.url, request: requestTimeout, retries: retries)
            connection.apiKey = Secret(address.apiKey)
            connection.apiSecret = Secret(address.apiSecret)
            return try await withClient(connection) { try await body($0, simulator) }
        }
    }

    /// Follows a submission to its end.
    static func end(
        of result: SubmissionResult, _ client: CoreKomodo
    ) async throws -> Update {
        guard case .accepted(let reference) = result.outcome else {
            Issue.record("not accepted: \(result)")
            throw KomodoError(.invalid, "not accepted")
        }
        let id = try #require(reference.updateID)
        let limit = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < limit {
            let updates = try await client.updates([id])
            if updates.first?.status == .complete { return try await client.update(id, for: .poll) }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw KomodoError(.unreachable, "no end")
    }

    static func run(
        _ operation: JobOperation, _ name: String, _ client: CoreKomodo,
        arguments: JSONObject = [:]
    ) async throws -> SubmissionResult {
        let target = try await client.resolve(operation.spec.targetType, name, for: .read)
        let submission = Submission(operation: operation, target: target, arguments: arguments)
        return await client.submit(submission) { true }
    }

    @Test(arguments: versions)
    func aDeployIsFollowedToItsEnd(_ version: String) async throws {
        try await Self.withCore(version) { client, simulator in
            let identity = try await client.identify()
            #expect(identity.version == KomodoVersion(version))
            let result = try await Self.run(.deploy, "web", client)
            #expect(result.update?.operatorID == identity.operatorID)
            #expect(result.update?.operation == "Deploy")
            let update = try await Self.end(of: result, client)
            #expect(update.outcome(redactor: Redactor()) == .succeeded)
            #expect(!update.logs.isEmpty)
            #expect(simulator.ledger.submissions(of: "Deploy", target: "web").count == 1)
        }
    }

    @Test(arguments: versions)
    func failuresAreToldApart(_ version: String) async throws {
        let faults = FaultScript(
            resources: [
                ResourceFault("api", .busy), ResourceFault("worker", .offline),
                ResourceFault("cache", .fails),
            ])
        try await Self.withCore(version, faults: faults) { client, _ in
            for (name, expected) in [
                ("api", "concluded/busy"),
                // The words of 1.19 do not tell whether the agent had begun.
                ("worker", version == "1.19.5" ? "concluded/interrupted" : "concluded/notStarted"),
                ("cache", "concluded/failed"), ("web", "concluded/succeeded"),
            ] {
                let result = try await Self.run(.deploy, name, client)
                let update = try await Self.end(of: result, client)
                #expect(
                    kind(.concluded(.state, update.outcome(redactor: Redactor()))) == expected,
                    "\(name) \(update)")
            }
        }
    }

    @Test(arguments: versions)
    func aTargetThatMayNotBeSeenIsForbidden(_ version: String) async throws {
        try await Self.withCore(version) { client, simulator in
            let web = try await client.resolve(.deployment, "web", for: .read)
            #expect(try await client.canRead(web))
            simulator.script(FaultScript(resources: [ResourceFault("web", .forbidden)]))
            let canRead = try await client.canRead(web)
            #expect(!canRead)
            let result = await client.submit(
                Submission(operation: .deploy, target: web, arguments: [:])
            ) { true }
            guard case .accepted(.update(let id)) = result.outcome else {
                Issue.record("\(result)")
                return
            }
            #expect(try await client.updates([id]).isEmpty)
            let error = await #expect(throws: KomodoError.self) {
                try await client.update(id, for: .poll)
            }
            #expect(error?.code == .forbidden)
        }
    }

    /// Every way in which the answer of an accepted execution gets lost.
    static let losses: [FaultAction.Kind] = [
        .dropAfter, .resetAfter, .truncate, .stall, .malformed, .huge,
    ]

    @Test(arguments: losses)
    func aLostAnswerIsAmbiguousAndLeavesOneTrace(_ kindOfLoss: FaultAction.Kind) async throws {
        var action = FaultAction(kindOfLoss)
        action.bytes = AnswerLimits.other * 2
        let faults = FaultScript(rules: [FaultRule(path: "/execute", times: 1, action: action)])
        let timeout: Duration = kindOfLoss == .stall ? .seconds(5) : .seconds(40)
        try await Self.withCore(faults: faults, requestTimeout: timeout) { client, simulator in
            let identity = try await client.identify()
            let web = try await client.resolve(.deployment, "web", for: .read)
            let sentAt = Surroundings.live.wallClock() + identity.clockOffset
            let result = await client.submit(
                Submission(operation: .deploy, target: web, arguments: [:])
            ) { true }
            #expect(kind(result.outcome) == "ambiguous", "\(result)")
            #expect(simulator.ledger.executionCount == 1)
            let query = EvidenceQuery(
                operations: JobOperation.deploy.spec.updateOperations([:]),
                target: web, operatorID: identity.operatorID,
                startedAtOrAfter: sentAt - .seconds(60))
            let found = try await client.evidence(query)
            #expect(found.map(\.id) == [simulator.ledger.executions.first?.updateID])
        }
    }

    /// Every fault after which Core has not handled the request.
    static let refusals: [(FaultAction, String)] = [
        (FaultAction(.dropBefore), "ambiguous"), (FaultAction(.resetBefore), "ambiguous"),
        (FaultAction(.html), "ambiguous"), (FaultAction(.databaseDown), "unavailable"),
        (.status(503), "ambiguous"), (.status(429, headers: ["Retry-After": "9"]), "throttled"),
        (.status(307, headers: ["Location": "/execute"]), "rejected"),
    ]

    @Test(arguments: refusals.indices)
    func whatCoreNeverSawLeavesNoTrace(_ index: Int) async throws {
        let (action, expected) = Self.refusals[index]
        let faults = FaultScript(rules: [FaultRule(path: "/execute", times: 1, action: action)])
        try await Self.withCore(faults: faults) { client, simulator in
            let result = try await Self.run(.deploy, "web", client)
            #expect(kind(result.outcome) == expected, "\(result)")
            #expect(simulator.ledger.executionCount == 0)
        }
    }

    @Test(arguments: versions)
    func aWrongKeyTripsNoLimiter(_ version: String) async throws {
        var options = SimulatorOptions()
        options.version = version
        try await withKomodoSimulator(options) { simulator, address in
            var connection = testConnection(address.url)
            connection.apiKey = Secret(address.apiKey)
            try await withClient(connection) { client in
                for _ in 0..<20 {
                    let error = await #expect(throws: KomodoError.self) {
                        try await client.resolve(.deployment, "web", for: .read)
                    }
                    #expect(error?.code == .unauthorized)
                }
            }
            #expect(simulator.ledger.requestCount == 1)
        }
    }

    @Test(arguments: versions)
    func unknownNamesAreFoundNearby(_ version: String) async throws {
        try await Self.withCore(version) { client, _ in
            let error = await #expect(throws: KomodoError.self) {
                try await client.resolve(.deployment, "wrker", for: .read)
            }
            #expect(error?.suggestions.first == "worker")
        }
    }

    @Test
    func allOfManyDeploymentsAreKnown() async throws {
        var options = SimulatorOptions()
        options.extraDeployments = 3_000
        try await withKomodoSimulator(options) { simulator, address in
            var connection = testConnection(address.url)
            connection.apiKey = Secret(address.apiKey)
            connection.apiSecret = Secret(address.apiSecret)
            try await withClient(connection) { client in
                for number in ["0001", "0051", "3000"] {
                    _ = try await client.resolve(.deployment, "app-\(number)", for: .read)
                }
            }
            #expect(simulator.ledger.requestCount == 1)
        }
    }

    @Test
    func anUpgradeToPagedListsIsNoticed() async throws {
        var options = SimulatorOptions()
        options.extraDeployments = 100
        try await withKomodoSimulator(options) { _, address in
            var connection = testConnection(address.url)
            connection.apiKey = Secret(address.apiKey)
            connection.apiSecret = Secret(address.apiSecret)
            let old = KomodoVersion(2, 2, 0)
            try await withClient(connection, knownVersion: old) { client in
                let target = try await client.resolve(.deployment, "app-0099", for: .read)
                #expect(target.name == "app-0099")
            }
        }
    }

    @Test(arguments: versions)
    func healthAndBusynessAreRead(_ version: String) async throws {
        try await Self.withCore(version) { client, _ in
            for (type, name, expected) in [
                (TargetType.deployment, "web", HealthReport.State.healthy),
                (.deployment, "stopped-app", .unhealthy), (.server, "prod-1", .healthy),
                (.server, "edge-offline", .unhealthy), (.stack, "monitoring", .healthy),
            ] {
                let target = try await client.resolve(type, name, for: .read)
                let report = try await client.health(of: target, services: [])
                #expect(report.state == expected, "\(name): \(report)")
            }
            let stuck = try await client.resolve(.deployment, "stuck", for: .read)
            #expect(try await !client.isBusy(stuck))
            _ = await client.submit(
                Submission(operation: .deploy, target: stuck, arguments: [:])
            ) { true }
            #expect(try await client.isBusy(stuck))
        }
    }

    @Test(arguments: [("2.2.0", "rejected"), ("2.3.2", "accepted")])
    func cancellingAProcedureNeedsANewCore(_ version: String, _ expected: String) async throws {
        try await Self.withCore(version) { client, _ in
            let result = try await Self.run(.cancelProcedure, "nightly", client)
            #expect(kind(result.outcome) == expected, "\(result)")
        }
    }

    @Test
    func deployIfChangedIsAcceptedWithoutAnID() async throws {
        try await Self.withCore { client, _ in
            let result = try await Self.run(.deployStackIfChanged, "shop", client)
            #expect(result.outcome == .accepted(.state))
        }
    }

    @Test
    func theClockOfCoreIsMeasured() async throws {
        try await Self.withCore(clockOffset: .seconds(-90)) { client, _ in
            let offset = try await client.identify().clockOffset.inSeconds
            #expect((-92...(-88)).contains(offset))
        }
    }

    @Test
    func readsSurviveAUnsteadyProxy() async throws {
        let faults = FaultScript(
            rules: [
                FaultRule(path: "/read", every: 2, action: FaultAction(.html)),
                FaultRule(path: "/read", every: 3, action: FaultAction(.resetAfter)),
            ])
        try await Self.withCore(faults: faults, retries: 5) { client, _ in
            for name in ["web", "api", "worker"] {
                let target = try await client.resolve(.deployment, name, for: .read)
                #expect(try await !client.isBusy(target))
            }
        }
    }
}
