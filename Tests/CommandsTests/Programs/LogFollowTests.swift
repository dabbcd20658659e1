internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// `logs -f`, which reads along while an operation runs.
@Suite(.timeLimit(.minutes(3))) struct LogFollowTests {
    /// An operation whose log grows in Komodo, with a text of its beginning.
    struct Growing: Sendable, CustomTestStringConvertible {
        let operation: String
        let target: String
        let beginning: String
        var testDescription: String { "\(operation) \(target)" }

        static let build = Growing(
            operation: "build", target: "slow-build", beginning: "Clone Repo")
        static let procedure = Growing(
            operation: "run-procedure", target: "slow-procedure", beginning: "Step 1")
    }

    @Test(arguments: [Growing.build, .procedure])
    func aGrowingLogIsPrintedAsItGrows(growing: Growing) async throws {
        try await SimulatedKomodo.with("--time-scale", "0.02") { komodo in
            let programs = komodo.programs
            let (id, followed) = try await Self.follow(growing, komodo)
            let logs = try await programs.jobs("logs", id)
            #expect(logs.lines.count > 3)
            #expect(followed == logs.lines)
            #expect(try await programs.jobs("show", id, "-f", "json").json?["status"] == "success")
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func everyChangeOfAStageIsALineOfJSON() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.02") { komodo in
            let programs = komodo.programs
            let (id, followed) = try await Self.follow(.procedure, komodo, ["--format", "jsonl"])
            let lines = try followed.map { try JSONValue(parsing: $0) }
            #expect(Set(lines).count == lines.count)
            let first = lines.filter { $0["position"]?.int == 0 }.compactMap {
                $0["stdout"]?.string
            }
            #expect(first.count > 1)
            #expect(zip(first, first.dropFirst()).allSatisfy { $1.hasPrefix($0) })
            let logs = try await programs.jobs("logs", id, "--format", "json")
            let items = try #require(logs.json?["items"]?.array)
            for item in items {
                #expect(lines.last { $0["position"] == item["position"] } == item)
            }
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test func followingEndsWithTheJobHoweverItEnds() async throws {
        try await SimulatedKomodo.with("--time-scale", "0.02") { komodo in
            let programs = komodo.programs
            try await komodo.control("hold", ["at": .string(Growing.build.beginning)])
            let run = try await programs.jobs("run", "build", "slow-build", "-q")
            let id = try #require(run.lines.first, "\(run.err)")
            async let ended = programs.jobs("logs", id, "-f")
            func reaches(_ states: [String]) async throws -> Bool {
                try await eventually {
                    let job = try await programs.jobs("show", id, "-f", "json").json
                    return states.contains {
                        job?["status"]?.string == $0 || job?["phase"]?.string == $0
                    }
                }
            }
            #expect(try await reaches(["running"]))
            #expect(try await programs.jobs("cancel", id).code == 0)
            // Cancelled before it came to the place where it is held, it has ended already.
            #expect(try await reaches(["cancelling", "cancelled"]))
            try await komodo.control("hold", [:])
            let followed = try await ended
            #expect(followed.code == 4, "\(followed.err)")
            #expect(followed.err.contains("cancelled/remote_cancelled"))
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    @Test(arguments: [["logs", "-f"], ["watch"]])
    func nothingIsFollowedForNobody(command: [String]) async throws {
        try await SimulatedKomodo.with("--time-scale", "2") { komodo in
            let programs = komodo.programs
            let run = try await programs.jobs("run", "run-procedure", "slow-procedure", "-q")
            let id = try #require(run.lines.first, "\(run.err)")
            // The shell tells how the command ended whose reader went away after one line.
            let script =
                "{ komodo-jobs \((command + [id]).joined(separator: " ")); "
                + "echo $? >&2; } | head -n 1"
            let outcome = try await programs.run("sh", ["-c", script])
            #expect(outcome.err.hasSuffix("5\n"), "\(outcome.err)")
            #expect(outcome.lines.count == 1)
            let show = try await programs.jobs("show", id, "-f", "json")
            #expect(show.json?["status"] == "running", "\(show.out)")
            #expect(try await programs.jobs("cancel", id).code == 0)
            #expect(try await programs.isQuietInTheEnd())
        }
    }

    /// Runs an operation that stands still after its beginning, and lets it go on once that was
    /// printed.
    ///
    /// - Returns: the job, and the lines that following it printed.
    private static func follow(
        _ growing: Growing, _ komodo: SimulatedKomodo, _ options: [String] = []
    ) async throws -> (id: String, lines: [String]) {
        let programs = komodo.programs
        try await komodo.control("hold", ["at": .string(growing.beginning)])
        let run = try await programs.jobs("run", growing.operation, growing.target, "-q")
        let id = try #require(run.lines.first, "\(run.err)")
        let result = try await Subprocess.run(
            .name("komodo-jobs"), arguments: Arguments(["logs", "-f", id] + options),
            environment: programs.environment, input: .none, output: .sequence,
            error: .discarded
        ) { execution in
            var lines: [String] = []
            for try await line in execution.standardOutput.strings() {
                lines.append(line)
                if line.contains(growing.beginning) { try await komodo.control("hold", [:]) }
            }
            return lines
        }
        #expect(result.terminationStatus == .exited(0))
        return (id, result.closureResult)
    }
}
