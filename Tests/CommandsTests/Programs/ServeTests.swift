internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// `komodo-mcp serve` on standard input and output, and who works for it.
@Suite(.timeLimit(.minutes(3))) struct ServeTests {
    private static let executeTools = [
        "Deploy", "Build", "StartServer", "StopServer", "RestartServer", "RunProcedure",
        "TriggerAction", "PullRepo", "CloneRepo",
    ].map { "komodo_execute_" + $0 }

    @Test(arguments: [["serve"], [], ["--log-level", "error"]])
    func aDeploymentIsOrderedAndWaitedFor(command: [String]) async throws {
        try await SimulatedKomodo.with("--time-scale", "0.05") { komodo in
            let programs = komodo.programs
            let ended = try await MCPPeer.with(programs, command) { peer in
                let opening = try await peer.open()
                #expect(opening["protocolVersion"] == "2025-11-25")
                #expect(opening["serverInfo"]?["name"] == "komodo-mcp")
                return try await peer.call(
                    "komodo_execute_Deploy", ["id": "web", "wait_seconds": 45])
            }
            let job = ended.value["data"]
            #expect(job?["status"] == "success", "\(ended.value)")
            #expect(ended.status == .exited(0), "\(ended.err)")
            #expect(ended.rest.isEmpty)
            let id = try #require(job?["job_id"]?.string)
            let show = try await programs.jobs("show", id, "-f", "json").json
            #expect(show?["status"] == "success")
            #expect(show?["target"]?["name"] == "web")
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func theJobOfAServerThatIsKilledAfterItsAnswerEndsAllTheSame() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.2") { komodo in
            let programs = komodo.programs
            let killed = try await MCPPeer.with(programs) { peer in
                try await peer.open()
                let answer = try await peer.call("komodo_execute_Deploy", ["id": "web"])
                peer.signal(SIGKILL)
                return try #require(answer["data"]?["job_id"]?.string, "\(answer)")
            }
            #expect(killed.status == .signaled(SIGKILL))
            // Looking starts no worker.
            #expect(
                try await eventually {
                    let show = try await programs.jobs("show", killed.value, "-f", "json")
                    return show.json?["status"] == "success"
                })
            let log = try String(
                contentsOfFile: programs.database + ".d/on-demand.log", encoding: .utf8)
            #expect(log.ranges(of: "Worker starts").count == 1, "\(log)")
            let second = try await MCPPeer.with(programs) { peer in
                try await peer.open()
                return try await peer.call(
                    "komodo_jobs_Get", ["job_id": .string(killed.value)])
            }
            #expect(second.value["data"]?["status"] == "success", "\(second.value)")
            #expect(second.status == .exited(0), "\(second.err)")
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func anEmbeddedWorkerWorksInsideTheServer() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.05") { komodo in
            let programs = komodo.programs
            let ended = try await MCPPeer.with(programs, ["serve", "--worker", "embedded"]) {
                peer in
                try await peer.open()
                let answer = try await peer.call(
                    "komodo_execute_Deploy", ["id": "web", "wait_seconds": 45])
                #expect(try programs.processes() == [peer.pid])
                let workers = try await programs.jobs("workers", "-f", "json").json
                #expect(workers?["items"]?.array?.compactMap { $0["kind"] } == ["embedded"])
                return answer
            }
            #expect(ended.value["data"]?["status"] == "success", "\(ended.value)")
            #expect(ended.status == .exited(0), "\(ended.err)")
            #expect(!FileManager.default.fileExists(atPath: programs.database + ".d/on-demand.log"))
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func theNextServerGoesOnWithTheJobOfAnEmbeddedWorker() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.05") { komodo in
            let programs = komodo.programs
            try await komodo.control("hold", ["at": "Clone Repo"])
            let first = try await MCPPeer.with(programs, ["serve", "--worker", "embedded"]) {
                peer in
                try await peer.open()
                let answer = try await peer.call("komodo_execute_Build", ["id": "slow-build"])
                let id = try #require(answer["data"]?["job_id"], "\(answer)")
                #expect(
                    try await eventually {
                        let job = try await peer.call("komodo_jobs_Get", ["job_id": id])
                        return job["data"]?["status"] == "running"
                    })
                return id
            }
            #expect(first.status == .exited(0), "\(first.err)")
            #expect(try await programs.isQuietInTheEnd())
            try await komodo.control("hold", [:])
            let second = try await MCPPeer.with(programs, ["serve", "--worker", "embedded"]) {
                peer in
                try await peer.open()
                return try await peer.call(
                    "komodo_jobs_Wait", ["job_id": first.value, "wait_seconds": 45])
            }
            #expect(second.value["data"]?["status"] == "success", "\(second.value)")
            #expect(second.status == .exited(0), "\(second.err)")
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func withoutAKomodoJobsAreListedAndNothingIsRun() async throws {
        var programs = try Programs.unreachable()
        let run = try await programs.jobs("run", "deploy", "web", "-q")
        let id = try #require(run.lines.first, "\(run.err)")
        programs.settings = [:]
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            let tools = try await peer.request("tools/list")["tools"]?.array ?? []
            let names = tools.compactMap { $0["name"]?.string }
            #expect(names.filter { $0.hasPrefix("komodo_execute_") } == Self.executeTools)
            let list = try await peer.call("komodo_jobs_List")
            #expect(list["data"]?["items"]?.array?.compactMap { $0["job_id"]?.string } == [id])
            for tool in Self.executeTools {
                let answer = try await peer.call(tool, ["id": "web"])
                #expect(answer["code"] == "AUTH_ERROR", "\(tool): \(answer)")
                let message = answer["error"]?.string ?? ""
                for name in ["KOMODO_URL", "KOMODO_API_KEY", "KOMODO_API_SECRET"] {
                    #expect(message.contains(name), "\(tool): \(message)")
                }
            }
            #expect(try await peer.jobsTotal() == 1)
        }
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(ended.err.contains("KOMODO_URL"), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func twoHundredCallsAtOnceAreAnsweredOnceEach() async throws {
        let programs = try Programs.unreachable()
        let count: Int64 = 200
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            let frames = (0..<count).map { number -> String in
                let frame: JSONValue = [
                    "jsonrpc": "2.0", "id": .int(number), "method": "tools/call",
                    "params": ["name": "komodo_jobs_List", "arguments": [:]],
                ]
                return frame.serialized() + "\n"
            }
            try await peer.write(frames.joined())
            var answers: [JSONValue] = []
            while answers.count < count, let answer = try await peer.next() {
                answers.append(answer)
            }
            return answers
        }
        #expect(ended.value.compactMap { $0["id"]?.int }.sorted() == Array(0..<count))
        #expect(
            ended.value.allSatisfy {
                $0["result"]?["structuredContent"]?["data"]?["total"] == 0
            })
        #expect(ended.rest.isEmpty)
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }
}
