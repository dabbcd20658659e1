internal import JSON
internal import Testing

extension CanaryRun {
    /// A resource of the simulator for each tool that takes one.
    private static func target(of tool: String) -> JSONObject {
        let names = [
            ("Alert", ""), ("Update", ""), ("IfChanged", "shop"), ("Stack", "monitoring"),
            ("Container", "prod-1"),
            ("Server", "prod-1"), ("Deploy", "web"), ("Repo", "infra"), ("Build", "my-app"),
            ("Procedure", "release"), ("Action", "cleanup"), ("Sync", "production"),
        ]
        let name = names.first { tool.contains($0.0) }?.1 ?? ""
        return ["id": .string(name)]
    }

    /// Calls every tool, reads every resource and every prompt, and keeps all that the server says.
    ///
    /// - Parameter job: one that failed.
    func callEverything(job: String) async throws {
        let ended = try await MCPPeer.with(
            programs, ["serve", "--toolsets", "all", "--log-level", "trace"]
        ) { peer in
            try await peer.open("2025-06-18")
            _ = try await say(peer, "logging/setLevel", ["level": "debug"])
            let listed = try await say(peer, "tools/list")
            let tools = (listed["result"]?["tools"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(tools.count > 50)
            for tool in tools {
                for arguments in try await arguments(of: tool, peer, job: job) {
                    try await call(peer, tool, arguments)
                }
            }
            try await readEverything(peer, job: job)
            haul.add("notifications", "\(peer.others)")
        }
        haul.add("serve", "\(ended.rest) \(ended.err)")
    }

    /// Sends a request and keeps the answer.
    private func say(
        _ peer: MCPPeer, _ method: String, _ params: JSONValue = [:]
    ) async throws -> JSONValue {
        let answer = try await peer.exchange(method, params)
        haul.add("\(method) \(params["name"]?.string ?? "")", answer.serialized())
        return answer
    }

    /// Calls a tool, and once more with the token where it wants to be confirmed.
    private func call(_ peer: MCPPeer, _ tool: String, _ arguments: JSONObject) async throws {
        let params: JSONValue = ["name": .string(tool), "arguments": .object(arguments)]
        let answer = try await say(peer, "tools/call", params)
        let structured = try #require(answer["result"]?["structuredContent"], "\(tool): \(answer)")
        guard let token = structured["details"]?["confirmation_token"]?.string else { return }
        var confirmed = arguments
        confirmed["confirmation_token"] = .string(token)
        _ = try await say(
            peer, "tools/call", ["name": .string(tool), "arguments": .object(confirmed)])
    }

    private func arguments(
        of tool: String, _ peer: MCPPeer, job: String
    ) async throws -> [JSONObject] {
        let parts = tool.split(separator: "_").map(String.init)
        switch (parts[1], parts[2]) {
        case ("read", "GetLog"):
            return [
                ["stack": "shop", "tail": 5], ["deployment": "web"],
                ["deployment": "web", "grep": "line"], ["server": "prod-1", "container": "web"],
            ]
        case ("read", "GetSystemStats"): return [["server": "prod-1"]]
        case ("read", "GetAlert"), ("read", "GetUpdate"):
            let list = tool.replacing("Get", with: "List") + "s"
            let items = try await peer.call(list)["data"]?["items"]?.array ?? []
            return items.prefix(20).compactMap { $0["id"] }.map { ["id": $0] }
        case ("read", "GetStack"): return [["id": "monitoring"], ["id": "shop"]]
        case ("read", "GetProcedure"): return [["id": "release"], ["id": "slow-procedure"]]
        case ("read", "ListContainers"): return [["server": "prod-1"], [:]]
        case ("read", let name) where name.hasPrefix("List"): return [[:], ["page_size": 100]]
        case ("read", _): return [Self.target(of: parts[2]), ["id": "no-such-thing"]]
        case ("jobs", "Resolve"):
            return [["job_id": .string(job), "resolution": "fail"]]
        case ("jobs", let name) where ["Get", "Logs", "Wait", "Cancel", "Retry"].contains(name):
            return [["job_id": .string(job)]]
        case ("jobs", _): return [[:]]
        case ("execute", "TriggerAction"):
            let secrets = try JSONValue(parsing: Self.secretArguments)
            return ["cleanup", "broken-action"].map {
                ["id": .string($0), "payload": secrets, "wait_seconds": 30]
            }
        case ("execute", "Deploy"):
            return ["broken", "offline-app", "secret-vault", "no-such-thing"].map {
                ["id": .string($0), "wait_seconds": 30]
            }
        default:
            var arguments = Self.target(of: parts[2])
            if tool.hasSuffix("Container") { arguments["container"] = "web" }
            return [arguments]
        }
    }

    private func readEverything(_ peer: MCPPeer, job: String) async throws {
        let listed = try await say(peer, "resources/list")
        let templates = try await say(peer, "resources/templates/list")
        let known = (listed["result"]?["resources"]?.array ?? []).compactMap { $0["uri"]?.string }
        let made = (templates["result"]?["resourceTemplates"]?.array ?? [])
            .compactMap { $0["uriTemplate"]?.string }
            .map { $0.replacing(#/\{[^}]*\}/#, with: job) }
        #expect(known.count > 1 && !made.isEmpty)
        for address in known + made {
            _ = try await say(peer, "resources/read", ["uri": .string(address)])
        }
        let prompts = try await say(peer, "prompts/list")["result"]?["prompts"]?.array ?? []
        #expect(!prompts.isEmpty)
        for prompt in prompts {
            let names = (prompt["arguments"]?.array ?? []).compactMap { $0["name"]?.string }
            let arguments = JSONObject(names.map { ($0, .string("web")) })
            _ = try await say(
                peer, "prompts/get",
                ["name": prompt["name"] ?? "", "arguments": .object(arguments)])
            for name in names {
                _ = try await say(
                    peer, "completion/complete",
                    [
                        "ref": ["type": "ref/prompt", "name": prompt["name"] ?? ""],
                        "argument": ["name": .string(name), "value": ""],
                    ])
            }
        }
    }
}
