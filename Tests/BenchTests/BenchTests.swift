import JSON
import TestSupport
import Testing

@testable import Bench

/// The measurements at their smallest.
@Suite(.timeLimit(.minutes(3)))
struct BenchTests {
    @Test(arguments: Measure.allCases)
    func eachMeasureIsTakenBesideTheLoopInC(measure: Measure) async throws {
        let directory = try TemporaryDirectory()
        let bench = Bench(folder: directory.path, rounds: 2, jobs: 20)
        let figures = try await bench.run(measure)
        #expect(figures.measure == measure)
        #expect(figures.perSecond > 0 && figures.baselinePerSecond > 0 && figures.ratio > 0)
        #expect(figures.p50 > .zero && figures.p99 >= figures.p50 && figures.fsync > .zero)
    }

    @Test func aFolderThatIsNotThereIsNamed() async throws {
        let directory = try TemporaryDirectory()
        let bench = Bench(folder: directory.file("missing"))
        let error = await #expect(throws: BenchError.self) { try await bench.run(.enqueue) }
        #expect(error?.message.contains(directory.file("missing")) == true)
    }

    @Test func figuresAreNumbersOfFewDigits() {
        let figures = Figures(
            measure: .bulkEnqueue, perSecond: 61_234.56, p50: .nanoseconds(1_499_600),
            p99: .microseconds(2_000), baselinePerSecond: 80_000, ratio: 0.7654, load: 0.05,
            fsync: .microseconds(90))
        let expected =
            #"{"measure":"bulk-enqueue","per_s":61235,"p50_us":1500,"p99_us":2000,"#
            + #""baseline_per_s":80000,"ratio":0.77,"load":0.05,"fsync_us":90}"#
        #expect(JSONValue.object(figures.json).serialized() == expected)
    }

    @Test func percentilesAreOfTheNearestRank() {
        var samples = Samples()
        samples.add((1...100).map { .milliseconds($0) })
        #expect(samples.percentile(0.5) == .milliseconds(50))
        #expect(samples.percentile(0.99) == .milliseconds(99))
        #expect(Samples().percentile(0.5) == .zero)
        #expect([4.0, 1, 3, 2].median == 2.5 && [3.0, 1, 2].median == 2)
    }
}
