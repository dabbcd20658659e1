internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct CancelTests {
    @Test func cancelledBuildEndsAsCancelled() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 0.2 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let build: JSONValue = ["build": "slow-build"]
            let early = try await caller.call("execute", "CancelBuild", build)
            #expect(early.status == 500)
            #expect(early.error == "No build in progress")
            let id = try await caller.execute("RunBuild", build)
            let started = try await eventually {
                try await caller.call("read", "GetBuildActionState", build).json["building"]?.bool
                    == true ? true : nil
            }
            #expect(started)
            try await waitForTheNextMillisecond(after: id, caller)
            let cancel = try await caller.run("CancelBuild", build)
            #expect(cancel["success"]?.bool == true)
            #expect(cancel.stages == ["Cancel Triggered", "Cancel acknowledged"])
            let update = try await caller.finished(id)
            #expect(update["success"]?.bool == false)
            #expect(update.stages.last?.lowercased() == "build cancelled")
            try await waitForTheNextMillisecond(after: cancel["_id"]?["$oid"]?.string ?? "", caller)
            let again = try await caller.call("execute", "CancelBuild", build)
            #expect(again.error == "Build has already been cancelled")
        }
    }

    @Test func oldVersionRefusesToCancelBuildsOnServers() async throws {
        let options = quick {
            $0.timeScale = 0.2
            $0.version = "2.0.1"
        }
        try await withKomodoSimulator(options) { _, address async throws in
            let caller = SimulatorCaller(address)
            let id = try await caller.execute("RunBuild", ["build": "my-app"])
            let cancel = try await caller.run("CancelBuild", ["build": "my-app"])
            #expect(cancel["success"]?.bool == false)
            #expect(cancel.errors.contains("not possible on server builders"))
            #expect(try await caller.finished(id)["success"]?.bool == true)
        }
    }

    @Test func repoBuildsCannotBeCancelled() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 0.3 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let id = try await caller.execute("BuildRepo", ["repo": "infra"])
            let cancel = try await caller.run("CancelRepoBuild", ["repo": "infra"])
            #expect(cancel.errors.contains("not possible on server builders"))
            #expect(try await caller.finished(id)["success"]?.bool == true)
        }
    }

    @Test func cancelledActionIsTheOneThatWasNamed() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 0.3 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let first = try await caller.execute("RunAction", ["action": "slow-action"])
            let second = try await caller.execute("RunAction", ["action": "slow-action"])
            let params: JSONValue = ["action": "slow-action", "update_id": .string(second)]
            #expect(try await caller.run("CancelAction", params)["success"]?.bool == true)
            let cancelled = try await caller.finished(second)
            #expect(cancelled["success"]?.bool == false)
            #expect(cancelled.errors.contains("Command cancelled (process group killed)"))
            #expect(try await caller.update(first)["status"]?.string == "InProgress")
            let unnamed = try await caller.run("CancelAction", ["action": "slow-action"])
            #expect(unnamed["success"]?.bool == true)
            #expect(try await caller.finished(first)["success"]?.bool == false)
            let none = try await caller.run("CancelAction", ["action": "slow-action"])
            #expect(none.errors.contains("No active run to cancel found"))
        }
    }

    @Test func procedureStopsAfterItsStageWhenCancelled() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 0.2 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let params: JSONValue = ["procedure": "slow-procedure"]
            let id = try await caller.execute("RunProcedure", params)
            let cancel = try await caller.run("CancelProcedure", params)
            #expect(cancel["success"]?.bool == true)
            let update = try await caller.finished(id)
            #expect(update["success"]?.bool == false)
            #expect(update.errors.contains("Procedure cancelled before completion"))
            #expect(
                update.logs.first?["stdout"]?.string?.contains("Cancelled before stage") == true)
        }
    }

    @Test func procedureRunsItsStagesAsSeparateUpdates() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let update = try await caller.run("RunProcedure", ["procedure": "release"])
            #expect(update["success"]?.bool == true, "\(update)")
            #expect(update.stages == ["Execute procedure", "Execution ok"])
            let lines = update.logs.first?["stdout"]?.string?.split(separator: "\n") ?? []
            #expect(lines.count >= 7)
            let children = try await caller.updates(["operator": "000000000000000000000001"])
            #expect(children.count == 3)
            #expect(simulator.ledger.executionCount == 4)
            #expect(simulator.ledger.submissions().count == 1)
        }
    }

    @Test func procedureFailsWithItsFirstFailingStage() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let update = try await caller.run("RunProcedure", ["procedure": "broken-procedure"])
            #expect(update["success"]?.bool == false)
            #expect(update.stages == ["Execute procedure", "Execution error"])
            #expect(update.errors.contains("Failed stage"))
            let names = simulator.ledger.executions.map(\.targetName)
            #expect(names == ["broken-procedure", "infra", "broken"])
        }
    }

    /// Core compares whole milliseconds, so a cancel has to begin in a later one than its run.
    private func waitForTheNextMillisecond(after id: String, _ caller: SimulatorCaller)
        async throws
    {
        let start = try await caller.update(id)["start_ts"]?.int ?? 0
        _ = try await eventually {
            let state = try await caller.send("GET", "/simulator/state").json
            return (state["time"]?.int ?? 0) > start ? true : nil
        }
    }
}
