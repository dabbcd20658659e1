internal import Dispatch
internal import Foundation
internal import TestSupport
internal import Testing

@testable internal import Commands

/// Output that cannot be written.
@Suite(.timeLimit(.minutes(2))) struct ClosedOutputTests {
    private func shell(_ programs: Programs, _ script: String) async throws -> Outcome {
        try await programs.run("sh", ["-c", script])
    }

    @Test(arguments: ["list", "list -f json", "stats", "workers"])
    func aFullDiskIsAnError(command: String) async throws {
        let programs = try Programs.unreachable()
        #expect(try await programs.jobs("run", "deploy", "web").code == 0)
        let outcome = try await shell(programs, "komodo-jobs \(command) >/dev/full")
        #expect(outcome.code == 1, "\(command): \(outcome.err)")
        #expect(outcome.err.contains("No space left"), "\(outcome.err)")
    }

    @Test func aReaderThatLeftIsNoError() async throws {
        let programs = try Programs.unreachable()
        #expect(try await programs.jobs("run", "deploy", "web").code == 0)
        let outcome = try await shell(
            programs, "{ sleep 0.1; komodo-jobs list; echo $? >&2; } | true")
        #expect(outcome.err == "0\n")
    }

    @Test func aPipeThatIsFullForNowLosesNothing() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        // One that never makes its writer wait.
        #expect(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let output = ends[1]
        DispatchQueue.global().async {
            Terminal.writeAll(bytes, to: output)
            close(output)
        }
        let reader = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        #expect(try reader.readToEnd() == Data(bytes))
    }
}
