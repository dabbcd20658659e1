internal import JSON
internal import KomodoSimulator
internal import Testing

/// Reads of alerts, logs, containers and stats.
@Suite(.timeLimit(.minutes(2)))
struct RecordReadTests {
    static let versions = ["1.19.5", "2.0.1", "2.3.2"]

    @Test func alertsComeInPagesOfAHundredNewestFirst() async throws {
        try await withKomodoSimulator(quick { $0.extraAlerts = 150 }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let first = try await caller.call("read", "ListAlerts")
            let second = try await caller.call("read", "ListAlerts", ["page": 1])
            #expect(first.json["alerts"]?.array?.count == 100)
            #expect(first.json["next_page"] == 1)
            #expect(second.json["alerts"]?.array?.count == 72)
            #expect(second.json["next_page"]?.isNull == true)
            let times = (first.json["alerts"]?.array ?? []).compactMap { $0["ts"]?.int }
            #expect(times == times.sorted(by: >))
        }
    }

    @Test func alertsAreListedByMongoQueries() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            func types(_ query: JSONValue) async throws -> [String] {
                let answer = try await caller.call("read", "ListAlerts", ["query": query])
                return answer.json["alerts"]?.array?.compactMap { $0["data"]?["type"]?.string }
                    ?? []
            }
            #expect(try await types(["resolved": false, "level": "WARNING"]).count == 3)
            // A word is no Boolean value, as in MongoDB.
            #expect(try await types(["resolved": "false"]).isEmpty)
            #expect(try await types(["target.type": "Stack"]).count == 3)
            #expect(try await types(["data.type": ["$in": ["Custom", "Test"]]]).count == 2)
            let wrong = try await caller.call(
                "read", "ListAlerts", ["query": ["level": ["$regex": "x"]]])
            #expect(wrong.status == 500)
            let missing = try await caller.call("read", "GetAlert", ["id": "0"])
            #expect(missing.error == "no alert found with given id")
        }
    }

    @Test(arguments: versions)
    func containersAreListedUnderTheNameOfTheVersion(_ version: String) async throws {
        try await withKomodoSimulator(quick { $0.version = version }) { _, address async throws in
            let caller = SimulatorCaller(address)
            let old = try await caller.call("read", "ListAllDockerContainers")
            let all = old.json.array ?? []
            #expect(all.contains { $0["name"]?.string == "shop-web-1" })
            #expect(!all.contains { $0["name"]?.string == "new-app" })
            let new = try await caller.call("read", "ListAllContainers", ["limit": 3])
            #expect(new.status == (version == "2.3.2" ? 200 : 422))
            if version == "2.3.2" { #expect(new.json.array?.count == 3) }
            let down = try await caller.call(
                "read", "ListDockerContainers", ["server": "edge-offline"])
            #expect(down.json.array?.isEmpty == true)
        }
    }

    @Test(arguments: versions)
    func aServerThatIsDownHasNoStats(_ version: String) async throws {
        try await withKomodoSimulator(quick { $0.version = version }) { _, address async throws in
            let caller = SimulatorCaller(address)
            for type in ["GetSystemStats", "GetSystemInformation"] {
                let up = try await caller.call("read", type, ["server": "prod-1"])
                #expect(up.status == 200)
                let down = try await caller.call("read", type, ["server": "edge-offline"])
                #expect(down.status == 500)
            }
            let stats = try await caller.call(
                "read", "GetDeploymentStats", ["deployment": "new-app"])
            #expect(stats.status == 500)
        }
    }

    @Test func aSearchIsGrepOverTheEndOfTheLog() async throws {
        try await withKomodoSimulator(quick()) { _, address async throws in
            let caller = SimulatorCaller(address)
            func found(_ terms: [JSONValue], _ more: JSONObject = [:]) async throws -> JSONValue {
                var params: JSONObject = ["deployment": "web", "terms": .array(terms)]
                for member in more.members { params[member.key] = member.value }
                return try await caller.call("read", "SearchDeploymentLog", .object(params)).json
            }
            let one = try await found(["line 4999 "])
            #expect(one["stdout"]?.string == "line 4999 of web\n")
            let both = try await found(["warning", "4901"], ["combinator": "And"])
            #expect(both["stdout"]?.string?.split(separator: "\n").count == 1)
            let either = try await found(["line 4999 ", "line 5000 "])
            #expect(either["stdout"]?.string?.split(separator: "\n").count == 2)
            let others = try await found(["line"], ["invert": true])
            #expect(others["success"] == false)
            #expect(others["stdout"]?.string == "")
        }
    }

    @Test func beforeTwoIdsAreNoNames() async throws {
        for version in Self.versions {
            try await withKomodoSimulator(quick { $0.version = version }) {
                _, address async throws in
                let caller = SimulatorCaller(address)
                let web = try await caller.call("read", "GetDeployment", ["deployment": "web"])
                let id = web.json["_id"]?["$oid"] ?? .null
                let answer = try await caller.call(
                    "read", "ListDeployments", ["query": ["names": [id]]])
                #expect(answer.json.array?.count == (version == "1.19.5" ? 0 : 1))
            }
        }
    }
}
