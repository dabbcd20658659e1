internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct ControlTests {
    @Test func restartEndsWhatWasInProgress() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 1 }) {
            simulator, address async throws in
            let caller = SimulatorCaller(address)
            let id = try await caller.execute("Deploy", ["deployment": "web"])
            let answer = try await caller.send("POST", "/simulator/restart", [:])
            #expect(answer.status == 200)
            let update = try await eventually {
                // The restart cuts connections, so that a call may fail once.
                try? await caller.update(id)
            }
            #expect(update["status"]?.string == "Complete")
            #expect(update["success"]?.bool == false)
            #expect(update["end_ts"]?.isNull == true)
            #expect(update.stages == ["Komodo shutdown"])
            #expect(simulator.inProgress == 0)
            let state = try await caller.call(
                "read", "GetDeploymentActionState", ["deployment": "web"])
            #expect(state.json["deploying"]?.bool == false)
        }
    }

    @Test func downtimeRefusesConnectionsAndComesBackOnTheSamePort() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            simulator.restart(down: .seconds(2))
            // The listener goes away a moment after the call; a client that retries would hide it.
            let isDown = try await eventually {
                do {
                    try await SocketClient.connect(address) { _ in }
                    return Bool?.none
                } catch {
                    return true
                }
            }
            #expect(isDown)
            let version = try await eventually { try? await caller.call("read", "GetVersion") }
            #expect(version.status == 200)
        }
    }

    @Test func itMayEndWhileClientsConnect() async throws {
        for _ in 0..<20 {
            let clients = try await withKomodoSimulator(quick()) { _, address async throws in
                let clients = Task {
                    await withDiscardingTaskGroup { group in
                        for _ in 0..<40 {
                            group.addTask {
                                // Refused, cut and answered are all right.
                                try? await SocketClient.connect(address) { _ in }
                            }
                        }
                    }
                }
                try await SocketClient.connect(address) { _ in }
                return clients
            }
            await clients.value
        }
    }

    @Test func faultsAreScriptedOverHTTPWithoutCredentials() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            var stranger = caller
            stranger.key = nil
            stranger.secret = nil
            let script: JSONValue = [
                "rules": [
                    [
                        "match": ["type": "GetVersion"],
                        "action": ["kind": "status", "status": 503],
                    ]
                ]
            ]
            #expect(try await stranger.send("POST", "/simulator/faults", script).status == 200)
            #expect(try await caller.call("read", "GetVersion").status == 503)
            let more: JSONValue = [
                "append": true,
                "rules": [
                    [
                        "match": ["type": "GetCoreInfo"],
                        "action": ["kind": "status", "status": 504],
                    ]
                ],
            ]
            _ = try await stranger.send("POST", "/simulator/faults", more)
            #expect(try await caller.call("read", "GetVersion").status == 503)
            #expect(try await caller.call("read", "GetCoreInfo").status == 504)
            let wrong = try await stranger.send("POST", "/simulator/faults", ["rules": 7])
            #expect(wrong.status == 400)
            #expect(wrong.error.hasPrefix("script.rules must be"))
            #expect(try await stranger.send("POST", "/simulator/reset", [:]).status == 200)
            #expect(try await caller.call("read", "GetVersion").status == 200)
            #expect(try await stranger.send("GET", "/simulator/nothing").status == 404)
        }
    }

    @Test func anExecutionStandsStillWhereItIsHeld() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            #expect(try await caller.send("POST", "/simulator/hold", ["at": 7]).status == 400)
            let hold: JSONValue = ["at": "Clone Repo"]
            #expect(try await caller.send("POST", "/simulator/hold", hold).status == 200)
            let id = try await caller.execute("RunBuild", ["build": "slow-build"])
            let held = try await eventually {
                let update = try await caller.update(id)
                return update.stages.contains("Clone Repo") ? .some(update) : .none
            }
            // Another one, held nowhere, runs to its end meanwhile.
            _ = try await caller.run("Deploy", ["deployment": "web"])
            #expect(try await caller.update(id) == held)
            #expect(held["status"] == "InProgress")
            #expect(try await caller.send("POST", "/simulator/hold", [:]).status == 200)
            _ = try await caller.finished(id)
        }
    }

    @Test func ledgerCountsRequestsAndExecutions() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            for _ in 0..<3 { _ = try await caller.call("read", "GetVersion") }
            _ = try await caller.execute("Deploy", ["deployment": "web", "stop_time": 3])
            _ = try await caller.send("GET", "/version")
            let ledger = try await caller.send("GET", "/simulator/ledger?limit=2").json
            #expect(ledger["request_count"]?.int == 5)
            #expect(ledger["requests_by_type"]?["GetVersion"]?.int == 3)
            #expect(ledger["requests_by_type"]?["GET /version"]?.int == 1)
            #expect(ledger["requests"]?.array?.count == 2)
            let entry = try #require(ledger["executions"]?.array?.first)
            #expect(entry["request"]?.string == "Deploy")
            #expect(entry["target_name"]?.string == "web")
            #expect(entry["operator"]?.string == address.operatorID)
            #expect(entry["params"] == ["deployment": "web", "stop_time": 3])
            #expect(simulator.ledger.busiestWindow(milliseconds: 60_000) == 5)
            #expect(simulator.ledger.busiestWindow(milliseconds: 0) == 1)
        }
    }

    @Test func oldestUpdatesAreForgottenAtTheLimit() async throws {
        let options = quick {
            $0.updatesMax = 20
            $0.timeScale = 0
        }
        try await withKomodoSimulator(options) { _, address async throws in
            let caller = SimulatorCaller(address)
            let first = try await caller.execute("RunAction", ["action": "cleanup"])
            for _ in 0..<20 { _ = try await caller.run("RunAction", ["action": "cleanup"]) }
            let answer = try await caller.call("read", "GetUpdate", ["id": .string(first)])
            #expect(answer.status == 500)
            #expect(try await caller.updates([:]).count <= 20)
        }
    }

    @Test func manyClientsAreServedAtOnce() async throws {
        let options = quick {
            $0.extraDeployments = 500
            $0.timeScale = 0
        }
        try await withKomodoSimulator(options) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let clock = ContinuousClock()
            let elapsed = try await clock.measure {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<16 {
                        group.addTask {
                            for number in stride(from: worker, to: 500, by: 16) {
                                let digits = String(number + 1)
                                let name = "app-" + String(repeating: "0", count: 4 - digits.count)
                                _ = try await caller.execute(
                                    "Deploy", ["deployment": .string(name + digits)])
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(simulator.ledger.executionCount == 500)
            #expect(elapsed < .seconds(30))
            let idle = try await eventually { simulator.inProgress == 0 ? true : nil }
            #expect(idle)
        }
    }
}
