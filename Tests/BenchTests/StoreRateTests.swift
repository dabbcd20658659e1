import JobStore
import TestSupport
import Testing

@testable import Bench

/// Starts nothing.
struct NoLauncher: Launcher {
    var program: String { get throws { throw BenchError("There is no program.") } }

    func start(
        _ words: [String], environment: [String: String], output: String
    ) throws -> any LaunchedProgram {
        throw BenchError("\(words) is not started.")
    }
}

/// The measurements of one process at their smallest.
@Suite(.timeLimit(.minutes(3)))
struct StoreRateTests {
    private static var small: Sizes {
        var sizes = Sizes()
        sizes.rounds = 2
        sizes.jobs = 20
        sizes.rows = 500
        return sizes
    }

    private func run(_ measure: any Measure, in folder: String) async throws -> Figures {
        try await Bench(folder: folder, sizes: Self.small, launcher: NoLauncher()).run(measure)
    }

    @Test(arguments: StoreRate.allCases)
    func eachRateIsTakenBesideTheLoopInC(measure: StoreRate) async throws {
        let directory = try TemporaryDirectory()
        let figures = try await run(measure, in: directory.path)
        #expect(figures.measure == measure.rawValue && figures.fsync > .zero)
        let first = try #require(figures.figures.first)
        let rates = try #require(first.rates)
        let times = try #require(first.times)
        #expect(rates.perSecond > 0 && rates.baselinePerSecond > 0 && rates.ratio > 0)
        #expect(times.p50 > .zero && times.p99 >= times.p50)
        #expect(figures.figures.allSatisfy { $0.bar != nil })
    }

    @Test func aHistoryIsMadeAndReadBesideTheSameQueriesInC() async throws {
        let directory = try TemporaryDirectory()
        let figures = try await run(History(), in: directory.path).figures
        #expect(figures.map(\.name) == ["list", "show", "stats", "enqueue", "claim"])
        #expect(figures.allSatisfy { $0.value > 0 })
        #expect(figures.prefix(3).allSatisfy { ($0.baseline ?? 0) > 0 && $0.bar != nil })
    }

    @Test func aHistoryIsOneThatTheStoreFindsSound() async throws {
        let directory = try TemporaryDirectory()
        let site = Site(
            folder: directory.path, sizes: Self.small,
            crew: Crew(folder: directory.path, launcher: NoLauncher()))
        let path = try site.bareDatabase("history")
        try Baseline.generate(0..<500, path: path)
        let store = try site.database("history")
        let report = try await store.report(isThorough: true)
        #expect(report.jobs == 500 && report.unfinished == 0)
        #expect(report.problems.isEmpty, "\(report.problems)")
    }

    @Test func aFolderThatIsNotThereIsNamed() async throws {
        let directory = try TemporaryDirectory()
        let error = await #expect(throws: BenchError.self) {
            try await run(StoreRate.enqueue, in: directory.file("missing"))
        }
        #expect(error?.message.contains(directory.file("missing")) == true)
    }

    @Test func aProgramThatCannotBeStartedEndsTheMeasure() async throws {
        let directory = try TemporaryDirectory()
        let error = await #expect(throws: BenchError.self) {
            try await run(Contention(), in: directory.path)
        }
        #expect(error?.message.contains("is not started") == true)
    }
}
