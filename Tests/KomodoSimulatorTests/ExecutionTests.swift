internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct ExecutionTests {
    @Test func acceptedExecutionAnswersAtOnceAndEndsLater() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let answer = try await caller.call("execute", "Deploy", ["deployment": "web"])
            #expect(answer.json["status"]?.string == "InProgress")
            #expect(answer.json["success"]?.bool == true)
            #expect(answer.json.logs.isEmpty)
            #expect(answer.json["end_ts"]?.isNull == true)
            #expect(answer.json["operator"]?.string == address.operatorID)
            let update = try await caller.finished(answer.updateID)
            #expect(update["success"]?.bool == true)
            #expect(update["operation"]?.string == "Deploy")
            #expect(update["end_ts"]?.int ?? 0 >= update["start_ts"]?.int ?? .max)
            #expect(update.stages == ["Docker Run"])
            let entry = try #require(simulator.ledger.submissions(target: "web").first)
            #expect(entry.updateID == answer.updateID)
            #expect(entry.params == ["deployment": "web"])
        }
    }

    @Test(arguments: [
        ("StopDeployment", "deployment", "web", "Deployment"),
        ("PullDeployment", "deployment", "web", "Deployment"),
        ("DestroyDeployment", "deployment", "web", "Deployment"),
        ("DeployStack", "stack", "shop", "Stack"), ("PauseStack", "stack", "blog", "Stack"),
        ("RunBuild", "build", "my-app", "Build"), ("BuildRepo", "repo", "infra", "Repo"),
        ("PullRepo", "repo", "docs", "Repo"), ("CloneRepo", "repo", "my-repo", "Repo"),
        ("RunProcedure", "procedure", "nightly", "Procedure"),
        ("RunAction", "action", "cleanup", "Action"),
        ("RunSync", "sync", "production", "ResourceSync"),
        ("RestartAllContainers", "server", "prod-1", "Server"),
        ("PruneImages", "server", "prod-1", "Server"),
    ])
    func everyKindOfExecutionSucceeds(
        _ type: String, _ field: String, _ name: String, _ kind: String
    ) async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            var params: JSONObject = [:]
            params[field] = .string(name)
            let update = try await caller.run(type, .object(params))
            #expect(update["success"]?.bool == true, "\(update)")
            #expect(update["operation"]?.string == type)
            #expect(update["target"]?["type"]?.string == kind)
            #expect(!update.logs.isEmpty)
        }
    }

    @Test func containersOfAServerAreKnownByName() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            let known: JSONValue = ["server": "prod-1", "container": "web", "time": 5]
            #expect(try await caller.run("StopContainer", known)["success"]?.bool == true)
            let unknown: JSONValue = ["server": "prod-1", "container": "ghost"]
            let update = try await caller.run("StartContainer", unknown)
            #expect(update["success"]?.bool == false)
            #expect(update.errors.contains("No such container: ghost"))
        }
    }

    @Test func secondExecutionOnATargetIsBusyAndOnlyTheFirstRuns() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 0.05 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let first = try await caller.execute("Deploy", ["deployment": "slow"])
            let second = try await caller.run("RestartDeployment", ["deployment": "slow"])
            #expect(second["success"]?.bool == false)
            #expect(second.stages == ["Task Error"])
            #expect(second.errors.contains("Resource is busy"))
            #expect(try await caller.finished(first)["success"]?.bool == true)
            #expect(
                try await caller.run("StopDeployment", ["deployment": "slow"])["success"]?.bool
                    == true)
        }
    }

    @Test func pullDoesNotBlockADeployButWaitsForNone() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 0.05 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let pull = try await caller.execute("PullDeployment", ["deployment": "api"])
            let deploy = try await caller.run("Deploy", ["deployment": "api"])
            #expect(deploy["success"]?.bool == true)
            #expect(try await caller.finished(pull)["success"]?.bool == true)
        }
    }

    @Test func seededBusyResourceIsFreeLater() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 2 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let state = try await caller.call(
                "read", "GetDeploymentActionState", ["deployment": "busy"])
            #expect(state.json["deploying"]?.bool == true)
            let refused = try await caller.run("RestartDeployment", ["deployment": "busy"])
            #expect(refused.errors.contains("Resource is busy"))
            let ended = try await eventually {
                let update = try await caller.run("RestartDeployment", ["deployment": "busy"])
                return update["success"]?.bool == true ? .some(update) : .none
            }
            #expect(ended.stages == ["Docker Restart"])
        }
    }

    @Test func failureIsMarkedUpAsTheVersionDoes() async throws {
        for (version, mark) in [("2.3.2", "<span style="), ("1.19.5", "<span class=")] {
            try await withKomodoSimulator(quick { $0.version = version }) {
                _, address async throws in
                let caller = SimulatorCaller(address)
                let update = try await caller.run("Deploy", ["deployment": "broken"])
                #expect(update["success"]?.bool == false)
                #expect(update.errors.contains(mark))
                #expect(update.errors.contains("ERROR</span>: "))
                #expect(update.errors.contains("TRACE"))
            }
        }
    }

    @Test func forbiddenTargetIsAcceptedAndUnreadable() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let id = try await caller.execute("Deploy", ["deployment": "secret-vault"])
            let answer = try await caller.call("read", "GetUpdate", ["id": .string(id)])
            #expect(answer.status == 500)
            #expect(answer.error.hasPrefix("User does not have required permissions on this"))
            #expect(simulator.ledger.submissions(target: "secret-vault").count == 1)
            let read = try await caller.call(
                "read", "GetDeployment", ["deployment": "secret-vault"])
            #expect(read.status == 500)
            var colleague = caller
            colleague.key = SimulatorOptions().colleagueKey
            colleague.secret = SimulatorOptions().colleagueSecret
            let seen = try await colleague.update(id)
            #expect(seen.errors.contains("Must have at least Execute permissions"))
        }
    }

    @Test(arguments: [
        ("Deploy", "deployment", "offline-app", "unreachable or disabled"),
        ("DeployStack", "stack", "legacy", "unreachable or disabled"),
        ("StopAllContainers", "server", "edge-offline", "is not connected"),
        ("StopAllContainers", "server", "lab-disabled", "server not enabled"),
        ("RunBuild", "build", "orphan-build", "Must attach builder"),
        ("PullRepo", "repo", "orphan-repo", "repo has no server attached"),
    ])
    func impossibleWorkEndsInATaskError(
        _ type: String, _ field: String, _ name: String, _ text: String
    ) async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            var params: JSONObject = [:]
            params[field] = .string(name)
            let update = try await SimulatorCaller(address).run(type, .object(params))
            #expect(update["success"]?.bool == false)
            #expect(update.stages.last == "Task Error")
            #expect(update.errors.contains(text), "\(update.errors)")
        }
    }

    @Test func buildShowsItsCloneWhileItRunsAndSetsVersionAndCommit() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 0.1 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let id = try await caller.execute("RunBuild", ["build": "my-app"])
            let growing = try await eventually {
                let update = try await caller.update(id)
                return update.logs.isEmpty ? .none : .some(update)
            }
            #expect(growing["status"]?.string == "InProgress")
            #expect(growing.stages == ["Clone Repo", "Latest Commit"])
            let update = try await caller.finished(id)
            #expect(update["version"] == ["major": 1, "minor": 0, "patch": 1])
            #expect(update["commit_hash"]?.string?.count == 7)
            #expect(update.stages.last == "Docker Build")
            let deploy = try await caller.run("Deploy", ["deployment": "my-app"])
            #expect(deploy["version"] == ["major": 1, "minor": 0, "patch": 1])
        }
    }

    @Test func cloneHasNoCommitAndPullHas() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            let clone = try await caller.run("CloneRepo", ["repo": "infra"])
            #expect(clone["commit_hash"] == nil)
            let pull = try await caller.run("PullRepo", ["repo": "infra"])
            #expect(pull["commit_hash"]?.string?.isEmpty == false)
        }
    }

    @Test func actionsRunSideBySideAndPrintTheirArguments() async throws {
        try await withKomodoSimulator(quick { $0.timeScale = 0.05 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let params: JSONValue = ["action": "slow-action", "args": ["day": "monday"]]
            let first = try await caller.execute("RunAction", params)
            let second = try await caller.execute("RunAction", params)
            let state = try await caller.call(
                "read", "GetActionActionState", ["action": "slow-action"])
            #expect(state.json["running"]?.int == 2)
            for id in [first, second] {
                let update = try await caller.finished(id)
                #expect(update["success"]?.bool == true)
                #expect(update.stages == ["Execute Action"])
                #expect(update.logs.first?["stdout"]?.string?.contains("monday") == true)
            }
        }
    }

    @Test func stuckExecutionNeverEnds() async throws {
        try await withKomodoSimulator(quick()) { simulator, address async throws in
            let caller = SimulatorCaller(address)
            let id = try await caller.execute("Deploy", ["deployment": "stuck"])
            _ = try await caller.run("Deploy", ["deployment": "web"])
            #expect(try await caller.update(id)["status"]?.string == "InProgress")
            #expect(simulator.inProgress == 1)
        }
    }
}
