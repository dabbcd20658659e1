internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct FaultTests {
    private static let deploy: JSONValue = ["deployment": "web"]

    @Test(arguments: [
        (FaultAction.Kind.dropBefore, 0), (.resetBefore, 0), (.dropAfter, 1), (.resetAfter, 1),
        (.truncate, 1),
    ])
    func lostAnswerIsAcceptedOrNotAsScripted(_ kind: FaultAction.Kind, _ accepted: Int)
        async throws
    {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            simulator.script(
                FaultScript(rules: [
                    FaultRule(type: "Deploy", target: "web", times: 1, action: FaultAction(kind))
                ]))
            await #expect(throws: (any Error).self) {
                try await caller.call("execute", "Deploy", Self.deploy)
            }
            #expect(simulator.ledger.submissions(target: "web").count == accepted)
            // The rule is spent, and other targets never met it.
            #expect(try await caller.call("execute", "Deploy", ["deployment": "api"]).status == 200)
            #expect(try await caller.updates(["operation": "Deploy"]).count == accepted + 1)
        }
    }

    @Test func statusAnswersStandInFrontOfCore() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            simulator.script(
                FaultScript(rules: [
                    FaultRule(
                        path: "/execute", nth: 1,
                        action: .status(429, body: "slow down", headers: ["Retry-After": "7"])),
                    FaultRule(path: "/execute", nth: 1, action: FaultAction(.html)),
                    FaultRule(path: "/execute", nth: 1, action: FaultAction(.malformed)),
                ]))
            let first = try await caller.call("execute", "Deploy", Self.deploy)
            #expect(first.status == 429)
            #expect(first.text == "slow down")
            #expect(first.fields["retry-after"] == "7")
            let second = try await caller.call("execute", "Deploy", Self.deploy)
            #expect(second.status == 502)
            #expect(second.contentType.hasPrefix("text/html"))
            #expect(simulator.ledger.executionCount == 0)
            let third = try await caller.call("execute", "Deploy", Self.deploy)
            #expect(third.status == 200)
            #expect(third.json.isNull)
            #expect(simulator.ledger.executionCount == 1)
        }
    }

    @Test func hugeAndSlowBodiesArriveWhole() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            var huge = FaultAction(.huge)
            huge.bytes = 3_000_000
            var slow = FaultAction(.slowBody)
            slow.chunkBytes = 5
            slow.interval = .milliseconds(1)
            simulator.script(
                FaultScript(rules: [
                    FaultRule(type: "GetCoreInfo", action: huge),
                    FaultRule(type: "GetVersion", action: slow),
                ]))
            #expect(try await caller.call("read", "GetCoreInfo").text.utf8.count >= 2_999_990)
            let version = try await caller.call("read", "GetVersion")
            #expect(version.json["version"]?.string == "2.3.2")
        }
    }

    @Test func everyKthAndProbableRequestsAreHit() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            simulator.script(
                FaultScript(rules: [
                    FaultRule(method: "POST", type: "GetVersion", every: 3, action: .status(503)),
                    FaultRule(type: "GetCoreInfo", probability: 0.5, action: .status(504)),
                ]))
            var statuses: [Int] = []
            for _ in 0..<6 { statuses.append(try await caller.call("read", "GetVersion").status) }
            #expect(statuses == [200, 200, 503, 200, 200, 503])
            var hits = 0
            for _ in 0..<40 where try await caller.call("read", "GetCoreInfo").status == 504 {
                hits += 1
            }
            #expect((5...35).contains(hits))
        }
    }

    @Test func stalledAnswerComesNeverAndStopsNothing() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            simulator.script(
                FaultScript(rules: [FaultRule(type: "Deploy", action: FaultAction(.stall))]))
            let caller = SimulatorCaller(address)
            await withTaskGroup(of: Void.self) { group in
                // The answer never comes; the request ends with the cancellation below.
                group.addTask { _ = try? await caller.call("execute", "Deploy", Self.deploy) }
                _ = try? await eventually {
                    simulator.ledger.submissions(target: "web").count == 1 ? true : nil
                }
                group.cancelAll()
            }
            #expect(simulator.ledger.submissions(target: "web").count == 1)
            #expect(try await caller.call("read", "GetVersion").status == 200)
        }
    }

    @Test func delaysPassBeforeAndAfterHandling() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            var action = FaultAction(.delay)
            action.delayBefore = .milliseconds(60)
            action.delayAfter = .milliseconds(60)
            simulator.script(FaultScript(rules: [FaultRule(action: action)]))
            let start = ContinuousClock.now
            #expect(try await SimulatorCaller(address).call("read", "GetVersion").status == 200)
            #expect(ContinuousClock.now - start >= .milliseconds(120))
        }
    }

    @Test(arguments: [
        (ResourceFault.Behaviour.busy, "Resource is busy"),
        (.offline, "unreachable or disabled"), (.fails, "docker: Error response"),
        (.vanishes, "Timed out waiting for message."),
    ])
    func scriptedResourceFailsForSoManyRuns(
        _ behaviour: ResourceFault.Behaviour, _ text: String
    ) async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            simulator.script(
                FaultScript(resources: [
                    ResourceFault("web", behaviour, type: "Deployment", times: 1)
                ]))
            let failed = try await caller.run("Deploy", Self.deploy)
            #expect(failed["success"]?.bool == false)
            #expect(failed.errors.contains(text), "\(failed.errors)")
            #expect(try await caller.run("Deploy", Self.deploy)["success"]?.bool == true)
        }
    }

    @Test func lostUpdateIsGoneAfterItsEnd() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            simulator.script(FaultScript(resources: [ResourceFault("web", .lost)]))
            let id = try await caller.execute("Deploy", Self.deploy)
            let answer = try await eventually {
                let answer = try await caller.call("read", "GetUpdate", ["id": .string(id)])
                return answer.status == 500 ? answer : nil
            }
            #expect(answer.error == "no update exists with given id")
            #expect(try await caller.updates([:]).isEmpty)
        }
    }

    @Test func brokenCanBeMadeToSucceed() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            simulator.script(FaultScript(resources: [ResourceFault("broken", .succeeds)]))
            let update = try await SimulatorCaller(address).run(
                "Deploy", ["deployment": "broken"])
            #expect(update["success"]?.bool == true)
        }
    }
}
