internal import Foundation
internal import Subprocess
internal import TestSupport
internal import Testing

@Suite(.timeLimit(.minutes(4))) struct DemoTests {
    @Test func theDemoEndsAsItShouldAndLeavesItsDatabase() async throws {
        let programs = try Programs()
        let path = programs.home.file("demo.db")
        let demo = try await programs.mcp("demo", "--db", path)
        #expect(demo.code == 0, "\(demo.out)\(demo.err)")
        #expect(!demo.out.contains("WRONG"))
        #expect(!demo.out.contains("\u{1B}"))
        for text in ["History", "Why deploy broken failed", "rate budget", "What was checked"] {
            #expect(demo.out.contains(text))
        }
        #expect(demo.out.contains("export KOMODO_JOBS_DB=\(path)"))
        #expect(try Self.workers(path).isEmpty)
        let list = try await programs.jobs("list", "-q", "--db", path)
        #expect(list.lines.count == 12)

        let again = try await programs.mcp("demo", "--db", path)
        #expect(again.code == 1)
        #expect(again.err.contains("exists already"))
    }

    @Test(arguments: [Signal.interrupt, .terminate])
    func anInterruptedDemoLeavesNoProcess(signal: Signal) async throws {
        let programs = try Programs()
        let path = programs.home.file("demo.db")
        let result = try await Subprocess.run(
            .name("komodo-mcp"), arguments: ["demo", "--db", path],
            environment: programs.environment, input: .none, output: .sequence,
            error: .string(limit: 65_536)
        ) { execution in
            for try await line in execution.standardOutput.strings()
            where line.hasPrefix("Worker 2 works") {
                // The demo goes on while this reads: one worker may be gone, the next one not there yet.
                #expect(try await eventually { try !Self.workers(path).isEmpty })
                try execution.send(signal: signal)
            }
        }
        #expect(result.terminationStatus == .exited(1), "\(result.standardError)")
        #expect(try Self.workers(path).isEmpty)
    }

    @Test func aKilledDemoLeavesNoProcessEither() async throws {
        let programs = try Programs()
        let path = programs.home.file("demo.db")
        let result = try await Subprocess.run(
            .name("komodo-mcp"), arguments: ["demo", "--db", path],
            environment: programs.environment, input: .none, output: .sequence, error: .discarded
        ) { execution in
            for try await line in execution.standardOutput.strings()
            where line.hasPrefix("Worker 1 works") {
                // The demo goes on while this reads: one worker may be gone, the next one not there yet.
                #expect(try await eventually { try !Self.workers(path).isEmpty })
                try execution.send(signal: .kill)
            }
        }
        #expect(result.terminationStatus == .signaled(SIGKILL))
        #expect(try await eventually { try Self.workers(path).isEmpty })
        let check = try await programs.mcp("db", "check", "--db", path)
        #expect(check.code == 0, "\(check.out)\(check.err)")
    }

    /// The processes whose environment names the database.
    private static func workers(_ path: String) throws -> [String] {
        let mark = Data("KOMODO_JOBS_DB=\(path)\0".utf8)
        return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            // Processes of others, and those that ended meanwhile, cannot be read.
            let environ = try? Data(contentsOf: URL(filePath: "/proc/\(name)/environ"))
            return environ?.range(of: mark) != nil
        }
    }
}
