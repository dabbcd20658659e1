internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct StackTests {
    @Test func namingServicesChangesTheOperation() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            let params: JSONValue = ["stack": "shop", "services": ["web"]]
            let update = try await caller.run("RestartStack", params)
            #expect(update["operation"]?.string == "RestartStackService")
            #expect(update.stages == ["Service/s", "Compose Command"])
            let unknown: JSONValue = ["stack": "shop", "services": ["ghost"]]
            let failed = try await caller.run("StopStack", unknown)
            #expect(failed.errors.contains("no such service: ghost"))
        }
    }

    @Test func unchangedStackLeavesNoUpdate() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let answer = try await caller.call(
                "execute", "DeployStackIfChanged", ["stack": "monitoring"])
            #expect(answer.status == 200)
            #expect(answer.json["_id"] == nil)
            #expect(answer.json["status"]?.string == "InProgress")
            #expect(answer.json["operation"]?.string == "DeployStack")
            let idle = try await eventually { simulator.inProgress == 0 ? true : nil }
            #expect(idle)
            #expect(try await caller.updates([:]).isEmpty)
            #expect(simulator.ledger.submissions(target: "monitoring").first?.updateID == nil)
        }
    }

    @Test(arguments: [("shop", "DeployStack"), ("media", "DeployStackService")])
    func changedStackGetsAnUpdateOfItsOwn(_ stack: String, _ operation: String) async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let params: JSONValue = ["stack": .string(stack)]
            _ = try await caller.call("execute", "DeployStackIfChanged", params)
            let item = try await eventually { try await caller.updates([:]).first }
            #expect(item["operation"]?.string == operation)
            #expect(item["operator"]?.string == address.operatorID)
            let update = try await caller.finished(item["id"]?.string ?? "")
            #expect(update["success"]?.bool == true)
            #expect(simulator.ledger.executionCount == 1)
        }
    }

    @Test func refreshShowsWhetherAStackChanged() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            func hashes(_ stack: JSONValue) async throws -> [JSONValue?] {
                let refreshed = try await caller.call(
                    "write", "RefreshStackCache", ["stack": stack])
                #expect(refreshed.status == 200)
                let info = try await caller.call("read", "GetStack", ["stack": stack]).json["info"]
                return [info?["deployed_hash"], info?["latest_hash"]]
            }
            let unchanged = try await hashes("monitoring")
            #expect(unchanged[0] == unchanged[1])
            let changed = try await hashes("blog")
            #expect(changed[0] != changed[1])
            _ = try await caller.run("DeployStack", ["stack": "blog"])
            let info = try await caller.call("read", "GetStack", ["stack": "blog"]).json["info"]
            #expect(info?["deployed_hash"] == info?["latest_hash"])
        }
    }

    @Test func batchAnswersOneEnvelopePerMatch() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            simulator.script(FaultScript(resources: [ResourceFault("api", .missing)]))
            let answer = try await caller.call(
                "execute", "BatchDeploy", ["pattern": "web, ap?\n\\^work.r$\\"])
            let items = answer.json.array ?? []
            #expect(items.compactMap { $0["status"]?.string } == ["Err", "Ok", "Ok"])
            #expect(items.first?["data"]?["name"]?.string == "api")
            #expect(items.first?["data"]?["error"]?["trace"]?.array?.isEmpty == true)
            let id = items.last?["data"]?["_id"]?["$oid"]?.string ?? ""
            #expect(try await caller.finished(id)["success"]?.bool == true)
            let none = try await caller.call("execute", "BatchDeploy", ["pattern": "zzz*"])
            #expect(none.json == [])
        }
    }
}
