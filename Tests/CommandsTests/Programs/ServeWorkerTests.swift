internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// Who works for `komodo-mcp serve` when something goes wrong.
@Suite(.timeLimit(.minutes(3))) struct ServeWorkerTests {
    @Test func aWorkerThatIsKilledGetsASuccessorWhileACallWaits() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.05") { komodo in
            let programs = komodo.programs
            try await komodo.control("hold", ["at": "Clone Repo"])
            let ended = try await MCPPeer.with(programs) { peer in
                try await peer.open()
                let answer = try await peer.call("komodo_execute_Build", ["id": "slow-build"])
                let id = try #require(answer["data"]?["job_id"], "\(answer)")
                #expect(
                    try await eventually {
                        let job = try await peer.call("komodo_jobs_Get", ["job_id": id])
                        return job["data"]?["status"] == "running"
                    })
                try await peer.send(
                    "tools/call",
                    ["name": "komodo_jobs_Wait", "arguments": ["job_id": id, "wait_seconds": 45]],
                    id: "waiting")
                // Requests are registered in their order, so the call is at work by now.
                _ = try await peer.request("ping")
                let workers = try programs.processes().filter { $0 != peer.pid }
                #expect(workers.count == 1)
                for pid in workers { kill(pid, SIGKILL) }
                try await komodo.control("hold", [:])
                // The progress that is told meanwhile is no answer.
                while let message = try await peer.next() {
                    if message["id"] == "waiting" { return message }
                }
                return .null
            }
            let data = ended.value["result"]?["structuredContent"]?["data"]
            #expect(data?["status"] == "success", "\(ended.value)")
            #expect(ended.status == .exited(0), "\(ended.err)")
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func whenNobodyWorksTheAnswerSaysSo() async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            return try await peer.call("komodo_execute_Deploy", ["id": "web"])
        }
        let notes = ended.value["data"]?["notes"]?.array?.compactMap(\.string) ?? []
        for word in ["No worker is alive", "on disk", "'komodo-mcp worker'"] {
            #expect(notes.contains { $0.contains(word) }, "\(ended.value)")
        }
        // It was never meant to start one.
        #expect(!ended.err.contains("No worker could be started"), "\(ended.err)")
        #expect(ended.status == .exited(0), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    /// What happens to a database under a running server.
    enum Loss: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case removed, replaced

        var testDescription: String { rawValue }

        func happen(to database: String) throws {
            let files = FileManager.default
            switch self {
            case .removed: try files.removeItem(atPath: database)
            case .replaced:
                try files.copyItem(atPath: database, toPath: database + ".copy")
                try files.removeItem(atPath: database)
                try files.moveItem(atPath: database + ".copy", toPath: database)
            }
        }
    }

    @Test(arguments: Loss.allCases)
    func noJobIsPromisedInADatabaseThatIsGone(loss: Loss) async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            #expect(try await peer.jobsTotal() == 0)
            try loss.happen(to: programs.database)
            try await peer.send(
                "tools/call", ["name": "komodo_execute_Deploy", "arguments": ["id": "web"]],
                id: "order")
            var answers: [JSONValue] = []
            while let answer = try await peer.next() { answers.append(answer) }
            return answers
        }
        #expect(ended.value.count <= 1)
        for answer in ended.value {
            #expect(answer["result"]?["isError"] == true, "\(answer)")
            #expect("\(answer)".contains("removed or replaced"), "\(answer)")
        }
        #expect(ended.status == .exited(1), "\(ended.err)")
        for word in [programs.database, "removed or replaced", "start it again"] {
            #expect(ended.err.contains(word), "\(ended.err)")
        }
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func overHTTPNoJobIsPromisedInADatabaseThatIsGone() async throws {
        let programs = try Programs.unreachable()
        let ended = try await HTTPPeer.with(programs) { peer in
            try Loss.removed.happen(to: programs.database)
            // Or the connection is cut.
            guard let answer = try? await peer.call("komodo_execute_Deploy", ["id": "web"]) else {
                return
            }
            #expect(answer.body["result"]?["isError"] == true, "\(answer.body)")
            #expect("\(answer.body)".contains("removed or replaced"), "\(answer.body)")
            // It ends by itself.
            #expect(try await eventually { (try? await peer.get("/ready")) == nil })
        }
        #expect(ended.status == .exited(1), "\(ended.err)")
        #expect(ended.err.contains("removed or replaced"), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }

    @Test func anIdleServerNoticesThatItsDatabaseIsGone() async throws {
        let programs = try Programs.unreachable()
        let ended = try await MCPPeer.with(programs) { peer in
            try await peer.open()
            try Loss.removed.happen(to: programs.database)
            return try await peer.next()
        }
        #expect(ended.value == nil)
        #expect(ended.status == .exited(1), "\(ended.err)")
        #expect(try await programs.isQuietInTheEnd())
    }
}
