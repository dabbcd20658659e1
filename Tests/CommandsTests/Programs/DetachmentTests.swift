internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

/// The worker that commands start on demand.
@Suite(.timeLimit(.minutes(3))) struct DetachmentTests {
    @Test func outputEndsAlthoughTheWorkerLivesOn() async throws {
        try await SimulatedKomodo.with(settings: ["KOMODO_WORKER_IDLE": "10m"]) { komodo in
            let programs = komodo.programs
            // This returns at the end of output, which an inherited pipe would delay.
            let run = try await programs.jobs("run", "build", "slow-build")
            #expect(run.code == 0, "\(run.err)")
            let pids = try programs.processes()
            #expect(pids.count == 1)
            let worker = try #require(pids.first)

            let facts = try String(contentsOfFile: "/proc/\(worker)/stat", encoding: .utf8)
            let fields = facts[facts.index(after: try #require(facts.lastIndex(of: ")")))...]
                .split(separator: " ")
            // After the name: state, parent, group, session, terminal.
            let session = try #require(Int32(fields[3]))
            #expect(session == worker || Self.isParent(of: worker, session: session))
            #expect(session != getsid(0))
            #expect(fields[4] == "0", "it has no terminal")
            #expect(Self.target(worker, "fd/0") == "/dev/null")
            #expect(Self.target(worker, "fd/1")?.hasSuffix("/on-demand.log") == true)
            #expect(Self.target(worker, "fd/2")?.hasSuffix("/on-demand.log") == true)
            #expect(Self.target(worker, "cwd") == "/")

            let secret = komodo.programs.settings["KOMODO_API_SECRET"] ?? "?"
            for name in ["environ", "cmdline"] {
                let data = try Data(contentsOf: URL(filePath: "/proc/\(worker)/\(name)"))
                #expect(data.range(of: Data(secret.utf8)) == nil)
                #expect(data.range(of: Data("KOMODO_".utf8)) == nil)
            }
            kill(worker, SIGTERM)
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func anIdleWorkerLeavesNothingBehind() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.05") { komodo in
            let programs = komodo.programs
            #expect(try await programs.jobs("run", "deploy", "web", "--wait").code == 0)
            #expect(try await programs.isQuietInTheEnd())
            let workers = try await programs.jobs("workers", "-f", "json")
            #expect(workers.json?["items"]?.array?.isEmpty == true, "\(workers.out)")
            let left = try FileManager.default.contentsOfDirectory(atPath: programs.database + ".d")
            #expect(!left.contains { $0.hasSuffix(".bell") || $0.hasPrefix("worker-") }, "\(left)")
        }
    }

    @Test func twentyRunsAtOnceStartOneWorker() async throws {
        try await SimulatedKomodo.with(
            "--time-scale", "0.05", "--extra-deployments", "20",
            settings: ["KOMODO_WORKER_IDLE": "10s"]
        ) { komodo in
            let programs = komodo.programs
            let ids = try await withThrowingTaskGroup(of: Outcome.self) { group in
                for number in 10..<30 {
                    let name = "app-00\(number - 9 < 10 ? "0" : "")\(number - 9)"
                    group.addTask { try await programs.jobs("run", "deploy", name, "-q") }
                }
                var ids: [String] = []
                for try await run in group {
                    #expect(run.code == 0, "\(run.err)")
                    ids += run.lines
                }
                return ids
            }
            #expect(Set(ids).count == 20)
            let waited = try await programs.run("komodo-jobs", ["wait", "-f", "json"] + ids)
            #expect(waited.code == 0, "\(waited.err)")
            let items = waited.json?["items"]?.array ?? []
            #expect(items.count == 20)
            #expect(items.allSatisfy { $0["status"]?.string == "success" })

            #expect(try await eventually { try programs.processes().count <= 1 })
            let log = try String(
                contentsOfFile: programs.database + ".d/on-demand.log", encoding: .utf8)
            #expect(log.ranges(of: "Worker starts").count == 1, "\(log)")
            #expect(try await programs.isQuietInTheEnd())
            let check = try await programs.mcp("db", "check")
            #expect(check.code == 0, "\(check.out)")
        }
    }

    private static func target(_ pid: Int32, _ link: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/\(link)")
    }

    /// Whether a session was made by a process that is gone, as that of a double fork is.
    private static func isParent(of worker: Int32, session: Int32) -> Bool {
        session != 0 && !FileManager.default.fileExists(atPath: "/proc/\(session)")
    }
}
