internal import Foundation
internal import Subprocess
internal import TestSupport
internal import Testing

/// Programs whose machine lets them down.
@Suite(.timeLimit(.minutes(3))) struct MachineFaultTests {
    @Test(arguments: [4, 12, 20, 63])
    func tooFewDescriptorsAreRefusedInOneSentence(count: Int) async throws {
        let programs = try Programs.unreachable()
        for command in [["komodo-jobs", "list"], ["komodo-mcp", "worker"], ["komodo-mcp"]] {
            let result = try await programs.run("prlimit", ["--nofile=\(count)"] + command)
            // Below a few the loader itself gives up.
            if result.code == 127 { continue }
            #expect(result.code == 1, "\(command): \(result.err)")
            #expect(result.err.hasPrefix("Only \(count) files may be open"), "\(result.err)")
            #expect(result.err.contains("ulimit -n") && result.out.isEmpty, "\(result.err)")
        }
    }

    @Test func aDaemonWhoseDatabaseIsRemovedSaysSoAndEnds() async throws {
        let programs = try Programs.unreachable()
        let result = try await Subprocess.run(
            .name("komodo-mcp"), arguments: ["worker"], environment: programs.environment,
            input: .none, output: .discarded, error: .string(limit: 1 << 20)
        ) { execution in
            let isKnown = try await eventually {
                try await programs.jobs("workers", "-q").lines.count == 1
            }
            #expect(isKnown)
            try FileManager.default.removeItem(atPath: programs.database)
            // A worker that stays is killed, and its status shows it.
            let isOver = try await eventually {
                kill(execution.processIdentifier.value, 0) != 0
                    || Self.isZombie(execution.processIdentifier.value)
            }
            if !isOver { kill(execution.processIdentifier.value, SIGKILL) }
        }
        #expect(result.terminationStatus == .exited(1), "\(result.standardError)")
        for word in [programs.database, "removed or replaced", "start it again"] {
            #expect(result.standardError.contains(word), "\(result.standardError)")
        }
        #expect(!FileManager.default.fileExists(atPath: programs.database))
    }

    private static func isZombie(_ pid: Int32) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
            return true
        }
        return text.split(separator: ")").last?.hasPrefix(" Z") == true
    }
}
