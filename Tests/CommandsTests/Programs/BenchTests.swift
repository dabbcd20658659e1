internal import Foundation
internal import JSON
internal import Subprocess
internal import TestSupport
internal import Testing

/// `komodo-mcp bench` as a program.
@Suite(.timeLimit(.minutes(5))) struct BenchTests {
    /// What each measure that needs processes of its own tells.
    static let measures: [(String, [String])] = [
        ("enqueue", ["ratio", "p99"]), ("pick-up", ["p50", "p99"]),
        ("recovery", ["standby", "restart"]),
        ("contention", ["busy errors", "longest wait", "p99"]),
        ("idle", ["memory", "processor", "wake-ups"]), ("following", ["requests", "processor"]),
        ("budget", ["requests in 60 s", "usable"]),
        (
            "log",
            [
                "own readers", "commits beside own readers", "foreign snapshot",
                "commits beside foreign snapshot",
            ]
        ), ("list", ["p50"]),
    ]

    @Test(arguments: measures)
    func aMeasureTellsItsFiguresAndLeavesNothing(measure: String, figures: [String]) async throws {
        let programs = try Programs.unreachable()
        let directory = try TemporaryDirectory()
        let outcome = try await programs.mcp(
            "bench", "--only", measure, "--rounds", "1", "--seconds", "1", "--followed", "3",
            "--folder", directory.path, "--format", "jsonl")
        #expect(outcome.code == 0, "\(outcome.err)")
        let lines = try #require(outcome.jsonLines)
        #expect(lines.map { $0["measure"]?.string } == figures.map { _ in measure })
        #expect(lines.map { $0["figure"]?.string } == figures)
        for line in lines {
            #expect(line["value"]?.double != nil, "\(line)")
            #expect(try #require(line["fsync_us"]?.double) > 0)
            #expect(line["bar"]?.isNull == line["met"]?.isNull)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        #expect(try programs.processes().isEmpty)
    }

    @Test func aTableHasALineForEachFigure() async throws {
        let directory = try TemporaryDirectory()
        let outcome = try await Programs.unreachable().mcp(
            "bench", "--only", "enqueue", "--only", "history", "--rounds", "1", "--rows", "200",
            "--folder", directory.path)
        #expect(outcome.code == 0, "\(outcome.err)")
        #expect(outcome.lines.count == 8, "\(outcome.out)")
        #expect(outcome.lines[0].hasPrefix("MEASURE  FIGURE   VALUE"))
        #expect(outcome.lines[1].contains("at least 0.8, "))
    }

    @Test func anUnknownMeasureIsAnsweredWithTheChoices() async throws {
        let outcome = try await Programs.unreachable().mcp("bench", "--only", "speed")
        #expect(outcome.code == 2)
        let choices =
            "There is no measure 'speed'. The measures are:\nenqueue concurrent-enqueue "
            + "bulk-enqueue drain pick-up recovery contention idle following history budget log "
            + "list"
        #expect(outcome.err.contains(choices), "\(outcome.err)")
    }

    @Test(arguments: [
        ("--rounds", "0", "1 to 1000"), ("--rows", "10000001", "1 to 10000000"),
        ("--followed", "0", "1 to 10000"), ("--seconds", "3601", "1 to 3600"),
    ])
    func aSizeOutOfBoundsIsRefused(option: String, value: String, range: String) async throws {
        let outcome = try await Programs.unreachable().mcp("bench", option, value)
        #expect(outcome.code == 2)
        #expect(outcome.err.contains("\(option) is \(value); write \(range)."), "\(outcome.err)")
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

    @Test func aFolderIsNamedFromWhereTheCallerIs() async throws {
        let directory = try TemporaryDirectory()
        // A part that did not find the folder would fail.
        let bench = "cd \"$0\" && komodo-mcp bench --only contention --seconds 1 --folder ."
        let outcome = try await Programs.unreachable().run("sh", ["-c", bench, directory.path])
        #expect(outcome.code == 0, "\(outcome.err)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    @Test func anInterruptLeavesNeitherProcessesNorFiles() async throws {
        let programs = try Programs.unreachable()
        let directory = try TemporaryDirectory()
        let result = try await Subprocess.run(
            .name("komodo-mcp"),
            arguments: [
                "bench", "--only", "contention", "--seconds", "600", "--folder", directory.path,
            ], environment: programs.environment, input: .none, output: .discarded,
            error: .discarded
        ) { execution in
            let hasBegun = try await eventually {
                try Self.bytes(in: directory.path, "baseline.db-wal") > 1 << 20
            }
            #expect(hasBegun)
            try execution.send(signal: .interrupt)
        }
        #expect(result.terminationStatus == .exited(1))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        let isQuiet = try await eventually {
            try Self.programs(in: directory.path).isEmpty
        }
        #expect(isQuiet)
    }

    /// The size of the file of that name somewhere in the folder; 0 when there is none yet.
    private static func bytes(in folder: String, _ name: String) throws -> Int {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder)
        guard let path = paths.first(where: { $0.hasSuffix(name) }) else { return 0 }
        let facts = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")
        return (facts[.size] as? Int) ?? 0
    }

    /// The processes whose arguments name the folder.
    private static func programs(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            // Those that ended meanwhile cannot be read.
            guard Int(name) != nil,
                let line = try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline"))
            else { return false }
            return line.range(of: Data(folder.utf8)) != nil
        }
    }

    @Test(arguments: ["bench-part", "bench-worker"])
    func whatOthersStartIsRefusedByHand(command: String) async throws {
        let outcome = try await Programs.unreachable().mcp(command)
        #expect(outcome.code == 2)
        #expect(outcome.err.contains("started by others"), "\(outcome.err)")
    }
}
