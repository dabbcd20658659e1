internal import Foundation
internal import JSON
internal import TestSupport
internal import Testing

/// `komodo-mcp bench` as a program.
@Suite(.timeLimit(.minutes(3))) struct BenchTests {
    @Test func aMeasureIsOneLineAndLeavesNothing() async throws {
        let programs = try Programs.unreachable()
        let directory = try TemporaryDirectory()
        let outcome = try await programs.mcp(
            "bench", "--only", "enqueue", "--rounds", "1", "--folder", directory.path, "--format",
            "jsonl")
        #expect(outcome.code == 0, "\(outcome.err)")
        let line = try JSONValue(parsing: outcome.out)
        #expect(line["measure"]?.string == "enqueue")
        #expect(try #require(line["ratio"]?.double) > 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    @Test func aFolderThatIsNotThereIsNamed() async throws {
        let directory = try TemporaryDirectory()
        let outcome = try await Programs.unreachable().mcp(
            "bench", "--folder", directory.file("missing"))
        #expect(outcome.code == 1)
        let words =
            "No folder can be made in \(directory.file("missing")): No such file or directory. "
            + "Name a place with --folder."
        #expect(outcome.err.contains(words), "\(outcome.err)")
    }
}
