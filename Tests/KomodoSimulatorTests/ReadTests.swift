internal import JSON
internal import KomodoSimulator
internal import Testing

@Suite(.timeLimit(.minutes(2)))
struct ReadTests {
    @Test func listsAreCutAtFiftyUnlessAsked() async throws {
        let options = quick { $0.extraDeployments = 120 }
        try await withKomodoSimulator(options) { _, address async throws in
            let caller = SimulatorCaller(address)
            let first = try await caller.call("read", "ListDeployments")
            #expect(first.json.array?.count == 50)
            let all = try await caller.call("read", "ListDeployments", ["limit": 0])
            #expect(all.json.array?.count == 120 + 15)
            let page = try await caller.call(
                "read", "ListDeployments", ["limit": 100, "page": 1])
            #expect(page.json.array?.count == 35)
            let past = try await caller.call(
                "read", "ListDeployments", ["limit": 100, "page": 9])
            #expect(past.json.array?.isEmpty == true)
        }
        let old = quick {
            $0.extraDeployments = 120
            $0.version = "2.0.1"
        }
        try await withKomodoSimulator(old) { _, address async throws in
            let all = try await SimulatorCaller(address).call(
                "read", "ListDeployments", ["limit": 3])
            #expect(all.json.array?.count == 120 + 15)
        }
    }

    @Test func listsAreFilteredByNameTagTermAndState() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            func names(_ query: JSONValue) async throws -> [String] {
                let answer = try await caller.call("read", "ListDeployments", ["query": query])
                return answer.json.array?.compactMap { $0["name"]?.string } ?? []
            }
            #expect(try await names(["names": ["web", "api"]]) == ["api", "web"])
            let found = try await caller.call("read", "GetDeployment", ["deployment": "web"])
            let id = try #require(found.json["_id"]?["$oid"]?.string)
            #expect(try await names(["names": [.string(id)]]) == ["web"])
            #expect(try await names(["names": [.string(id), "api"]]).isEmpty)
            #expect(try await names(["terms": ["APP", "my"]]) == ["my-app"])
            let exited: JSONValue = ["specific": ["states": ["exited"]]]
            #expect(try await names(exited) == ["stopped-app"])
            #expect(try await names(["tags": ["production"]]).isEmpty == false)
            let query: JSONValue = ["query": ["tags": ["no-such-tag"]]]
            let unknown = try await caller.call("read", "ListDeployments", query)
            #expect(unknown.status == 500)
            #expect(unknown.error == "No tag found matching name or id: no-such-tag")
        }
    }

    @Test(arguments: [
        "Server", "Deployment", "Stack", "Build", "Repo", "Procedure", "Action", "ResourceSync",
    ])
    func everyResourceHasItsReads(_ kind: String) async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            let items = try await caller.call("read", "List\(kind)s").json.array ?? []
            let full = try await caller.call("read", "ListFull\(kind)s").json.array ?? []
            #expect(items.count == full.count)
            let item = try #require(items.first)
            #expect(item["type"]?.string == kind)
            let id = try #require(item["id"])
            let one = try await caller.call("read", "Get\(kind)", ["id": id])
            #expect(one.json["name"] == item["name"])
            #expect(one.json["config"]?.object?.isEmpty == false)
            let state = try await caller.call("read", "Get\(kind)ActionState", ["id": id])
            #expect(state.json.object?.isEmpty == false)
        }
    }

    @Test func stateOfADeploymentFollowsItsExecutions() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            func state() async throws -> String? {
                let params: JSONValue = ["deployment": "web"]
                let answer = try await caller.call("read", "GetDeploymentContainer", params)
                return answer.json["state"]?.string
            }
            #expect(try await state() == "running")
            _ = try await caller.run("StopDeployment", ["deployment": "web"])
            #expect(try await state() == "exited")
            _ = try await caller.run("DestroyDeployment", ["deployment": "web"])
            #expect(try await state() == "not_deployed")
            _ = try await caller.run("Deploy", ["deployment": "sick"])
            let sick = try await caller.call(
                "read", "GetDeploymentContainer", ["deployment": "sick"])
            #expect(sick.json["state"]?.string == "unhealthy")
        }
    }

    @Test func updatesAreListedByMongoQueries() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            let web = try await caller.run("Deploy", ["deployment": "web"])
            let api = try await caller.run("StopDeployment", ["deployment": "api"])
            let broken = try await caller.run("Deploy", ["deployment": "broken"])
            let start = api["start_ts"] ?? 0
            func operations(_ query: JSONValue) async throws -> [String] {
                try await caller.updates(query).compactMap { $0["operation"]?.string }
            }
            #expect(try await operations([:]).count == 3)
            let byID: JSONValue = ["_id": ["$in": [web["_id"] ?? 0, broken["_id"] ?? 0]]]
            #expect(try await operations(byID) == ["Deploy", "Deploy"])
            #expect(try await operations(["start_ts": ["$gte": start]]).count >= 2)
            #expect(try await operations(["start_ts": ["$lt": start]]).count <= 1)
            #expect(try await operations(["success": false]) == ["Deploy"])
            let target: JSONValue = [
                "target.type": "Deployment", "target.id": web["target"]?["id"] ?? "",
                "operator": .string(address.operatorID), "operation": "Deploy",
            ]
            #expect(try await operations(target) == ["Deploy"])
            let either: JSONValue = [
                "$or": [["operation": "StopDeployment"], ["success": false]]
            ]
            #expect(try await operations(either) == ["Deploy", "StopDeployment"])
            #expect(try await operations(["operation": ["$ne": "Deploy"]]) == ["StopDeployment"])
            #expect(try await operations(["operation": ["$nin": ["Deploy"]]]).count == 1)
            let item = try #require(try await caller.updates(target).first)
            #expect(item["username"]?.string == "komodo-mcp")
            #expect(item["end_ts"] == nil)
            let wrong = try await caller.call(
                "read", "ListUpdates", ["query": ["operation": ["$regex": "x"]]])
            #expect(wrong.status == 500)
        }
    }

    @Test func updatesComeInPagesOfAHundredNewestFirst() async throws {
        let options = quick {
            $0.extraDeployments = 230
            $0.timeScale = 0
        }
        try await withKomodoSimulator(options) { _, address async throws in
            let caller = SimulatorCaller(address)
            let batch = try await caller.call("execute", "BatchDeploy", ["pattern": "app-*"])
            #expect(batch.json.array?.count == 230)
            var page: JSONValue = 0
            var starts: [Int64] = []
            for expected in [100, 100, 30] {
                let answer = try await caller.call("read", "ListUpdates", ["page": page])
                let updates = answer.json["updates"]?.array ?? []
                #expect(updates.count == expected)
                starts += updates.compactMap { $0["start_ts"]?.int }
                page = answer.json["next_page"] ?? .null
            }
            #expect(page.isNull)
            #expect(starts == starts.sorted(by: >))
        }
    }

    @Test func unknownUpdateIsAServerError() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let answer = try await SimulatorCaller(address).call(
                "read", "GetUpdate", ["id": "000000000000000000000000"])
            #expect(answer.status == 500)
            #expect(answer.error == "no update exists with given id")
        }
    }

    @Test func containersAndLogsOfAStackCanBeRead() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            let services = try await caller.call("read", "ListStackServices", ["stack": "shop"])
            #expect(services.json.array?.compactMap { $0["service"]?.string } == ["web", "db"])
            let log = try await caller.call(
                "read", "GetStackLog", ["stack": "shop", "services": [], "tail": 3])
            // So many of each of its two services.
            #expect(log.json["stdout"]?.string?.split(separator: "\n").count == 6)
            let missing = try await caller.call("read", "GetStackLog", ["stack": "shop"])
            #expect(missing.status == 422)
        }
    }

    @Test func clockOffsetShowsInDatesAndTimes() async throws {
        try await withKomodoSimulator(quick { $0.clockOffset = .seconds(86_400 * 365) }) {
            simulator, address async throws in
            let caller = SimulatorCaller(address)
            let answer = try await caller.call("execute", "Deploy", ["deployment": "web"])
            let request = try #require(simulator.ledger.requests.last)
            let ahead = (answer.json["start_ts"]?.int ?? 0) - request.time
            #expect(ahead > 86_400_000 * 364)
            #expect(answer.fields["date"]?.hasSuffix("GMT") == true)
        }
    }
}
