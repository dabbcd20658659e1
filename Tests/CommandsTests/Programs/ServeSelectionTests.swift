internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// Which tools `komodo-mcp serve` offers, and options that it refuses.
@Suite(.timeLimit(.minutes(3))) struct ServeSelectionTests {
    static let execute = [
        "Deploy", "Build", "StartServer", "StopServer", "RestartServer", "RunProcedure",
        "TriggerAction", "PullRepo", "CloneRepo",
    ].map { "komodo_execute_" + $0 }
    static let looking = ["List", "Get", "Wait", "Logs", "Search", "Budget", "Stats"]
        .map { "komodo_jobs_" + $0 }
    static let jobs = looking + ["Cancel", "Retry", "Resolve"].map { "komodo_jobs_" + $0 }
    static let reading =
        [
            "Servers", "Deployments", "Stacks", "Builds", "Repos", "Procedures", "Actions",
            "Alerts",
        ].flatMap { ["komodo_read_List\($0)", "komodo_read_Get\($0.dropLast())"] }
    static let inspecting = [
        "GetLog", "ListUpdates", "GetUpdate", "ListContainers", "GetSystemStats",
    ].map { "komodo_read_" + $0 }
    static let stacks = [
        "DeployStack", "DeployStackIfChanged", "PullStack", "StartStack", "StopStack",
        "RestartStack", "DestroyStack",
    ].map { "komodo_execute_" + $0 }
    static let confirmed = ["StopServer", "RestartServer", "CloneRepo"]
        .map { "komodo_execute_" + $0 }
    static let all = reading + execute + jobs

    @Test(
        arguments: [
            ([], all), (["--read-only"], reading + looking), (["--toolsets", "default"], all),
            (["--toolsets", "execute"], execute), (["--toolsets", "read"], reading),
            (["--toolsets", "inspect"], inspecting),
            (["--toolsets", "jobs"], jobs), (["--toolsets", "jobs, execute"], execute + jobs),
            (["--toolsets", "default,stacks"], all + stacks),
            (["--no-destroy"], all.filter { !confirmed.contains($0) }),
            (
                ["--toolsets", "stacks", "--no-destroy"],
                ["DeployStack", "DeployStackIfChanged", "PullStack", "StartStack"]
                    .map { "komodo_execute_" + $0 }
            ),
            (["--tools", "komodo_execute_DeployStack"], ["komodo_execute_DeployStack"]),
            (
                ["--tools", "komodo_jobs_Get,komodo_execute_Build"],
                ["komodo_execute_Build", "komodo_jobs_Get"]
            ),
            (
                [
                    "--toolsets", "execute,jobs", "--exclude-tools",
                    execute.joined(separator: ",") + ",komodo_jobs_Cancel",
                ],
                jobs.filter { $0 != "komodo_jobs_Cancel" }
            ),
            (["--toolsets", "execute", "--read-only"], []),
            (
                [
                    "--tools", "komodo_jobs_Get,komodo_jobs_List,komodo_jobs_Retry", "--read-only",
                    "--exclude-tools", "komodo_jobs_Get",
                ], ["komodo_jobs_List"]
            ),
        ] as [([String], [String])])
    func onlyTheSelectedToolsAreOffered(options: [String], names: [String]) async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs, ["serve"] + options) { peer in
            try await peer.open()
            let tools = try await peer.request("tools/list")["tools"]?.array ?? []
            #expect(tools.compactMap { $0["name"]?.string }.sorted() == names.sorted())
            for hidden in Self.all + Self.inspecting + Self.stacks where !names.contains(hidden) {
                let answer = try await peer.exchange(
                    "tools/call", ["name": .string(hidden), "arguments": ["id": "web"]])
                #expect(answer["error"]?["code"] == -32602, "\(hidden): \(answer)")
            }
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.jobs("list", "-q").lines.isEmpty)
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test(
        arguments: [
            (
                ["--toolsets", "execute,stack"],
                ["'stack'", "Did you mean stacks?", "default", "all", "jobs"]
            ),
            (
                ["--toolsets", "write"],
                ["'write'", "There are default, all, read, inspect, execute"]
            ),
            (["--tools", ""], ["--tools names nothing"]),
            (["--toolsets", " , "], ["--toolsets names nothing"]),
            (["--tools", "komodo_jobs_Gte"], ["'komodo_jobs_Gte'", "mean komodo_jobs_Get"]),
            (
                ["--exclude-tools", "komodo_jobs_Get,Deploy"],
                ["'Deploy'", "komodo_execute_DeployStack"]
            ),
            (["--transport", "sse"], ["'sse'", "stdio", "http"]),
            (["--worker", "none"], ["none", "auto", "embedded", "external"]),
            (
                ["--transport", "http", "--bind", "localhost:70000"],
                ["localhost:70000", "host:port", "65535"]
            ),
            (["--bind", "127.0.0.1:0"], ["--bind is for HTTP", "--transport http"]),
            (["--allow-host", "a"], ["--allow-host is for HTTP", "--transport http"]),
            (["--allow-origin", "https://a"], ["--allow-origin is for HTTP", "--transport http"]),
        ] as [([String], [String])])
    func unknownNamesAreRefusedWithTheValidOnes(
        options: [String], words: [String]
    ) async throws {
        for command in [["serve"], []] {
            let programs = try Programs.unreachable()
            let outcome = try await programs.run("komodo-mcp", command + options)
            #expect(outcome.code == 2)
            #expect(outcome.out.isEmpty)
            for word in words { #expect(outcome.err.contains(word), "\(outcome.err)") }
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test(
        arguments: [
            (["serv"], ["no command 'serv'", "serve", "worker", "tokens", "simulator"]),
            (["serve", "stdio"], ["'stdio'"]),
            (["--toolsets", "execute", "jobs"], ["'jobs'"]),
        ] as [([String], [String])])
    func wordsThatMeanNothingAreRefused(words: [String], named: [String]) async throws {
        let programs = try Programs.unreachable()
        let outcome = try await programs.run("komodo-mcp", words)
        #expect(outcome.code == 2)
        #expect(outcome.out.isEmpty)
        for word in named { #expect(outcome.err.contains(word), "\(outcome.err)") }
        #expect(!outcome.err.contains("on-demand-worker"), "\(outcome.err)")
        #expect(!FileManager.default.fileExists(atPath: programs.database))
    }

    @Test func aSettingThatIsWrongIsNotTakenForOneThatIsMissing() async throws {
        var programs = try Programs.unreachable()
        programs.settings["KOMODO_CA_FILE"] = programs.home.path + "/missing.pem"
        let outcome = try await programs.run("sh", ["-c", "komodo-mcp </dev/null"])
        #expect(outcome.code == 2)
        for word in ["KOMODO_CA_FILE", "missing.pem"] {
            #expect(outcome.err.contains(word), "\(outcome.err)")
        }
    }
}
