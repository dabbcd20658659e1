import JSON
import Jobs
import Testing

@testable import Bench

/// The arithmetic and the lines of figures.
struct FiguresTests {
    private static let keys = [
        "measure", "figure", "value", "unit", "baseline", "bar", "bar_is", "met", "per_s", "p50_us",
        "p99_us", "baseline_per_s", "ratio", "load", "fsync_us",
    ]

    private func lines(_ figures: [Figure]) -> [String] {
        Figures(measure: "some", figures: figures, load: 0.05, fsync: .microseconds(90)).lines
            .map { JSONValue.object($0).serialized() }
    }

    @Test func aRateIsOneLineOfNumbersOfFewDigits() {
        let rate = Figure(
            "ratio", 0.76541, .ratio, bar: .atLeast(0.7),
            rates: Figure.Rates(
                perSecond: 61_234.56, baselinePerSecond: 80_000, ratio: 0.76541),
            times: Figure.Times(Samples([.nanoseconds(1_499_600)])))
        let expected =
            #"{"measure":"some","figure":"ratio","value":0.765,"unit":"ratio","baseline":null,"#
            + #""bar":0.7,"bar_is":"least","met":true,"per_s":61235,"p50_us":1500,"p99_us":1500,"#
            + #""baseline_per_s":80000,"ratio":0.77,"load":0.05,"fsync_us":90}"#
        #expect(lines([rate]) == [expected])
    }

    @Test func whatDoesNotApplyIsNull() {
        let figure = Figure("memory", 40.0004, .mebibytes)
        let expected =
            #"{"measure":"some","figure":"memory","value":40,"unit":"MiB","baseline":null,"#
            + #""bar":null,"bar_is":null,"met":null,"per_s":null,"p50_us":null,"p99_us":null,"#
            + #""baseline_per_s":null,"ratio":null,"load":0.05,"fsync_us":90}"#
        #expect(lines([figure]) == [expected])
    }

    @Test func aBarThatIsTouchedIsMet() {
        #expect(Bar.atMost(5).isMet(by: 5) && !Bar.atMost(5).isMet(by: 5.01))
        #expect(Bar.atLeast(5).isMet(by: 5) && !Bar.atLeast(5).isMet(by: 4.99))
        #expect(!Bar.atLeast(0).isMet(by: .nan) && !Bar.atMost(0).isMet(by: .nan))
    }

    @Test func everyLineHasTheSameKeys() {
        let figures = Figures(
            measure: "some",
            figures: [
                Figure("a", 1, .count, bar: .atMost(1), baseline: 2), Figure("b", .nan, .percent),
            ], load: 1, fsync: .zero)
        for line in figures.lines { #expect(line.members.map(\.key) == Self.keys) }
    }

    @Test func percentilesAreOfTheNearestRank() {
        let samples = Samples((1...100).map { .milliseconds($0) })
        #expect(samples.percentile(0.5) == .milliseconds(50))
        #expect(samples.percentile(0.99) == .milliseconds(99))
        #expect(samples.percentile(1) == .milliseconds(100))
        #expect(Samples().percentile(0.5) == .zero)
        #expect([4.0, 1, 3, 2].median == 2.5 && [3.0, 1, 2].median == 2)
    }

    @Test func namesOfMeasuresAreUnique() {
        let names = Measures.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Measures.named("pick-up") is PickUp && Measures.named("pickup") == nil)
    }

    // MARK: Single measures

    @Test func figuresOfAnIdleWorkerAreOfItsTime() throws {
        let before = ProcessFacts(
            residentBytes: 0, processorTime: .milliseconds(100), switches: 1_000)
        let after = ProcessFacts(
            residentBytes: 30 << 20, processorTime: .milliseconds(103), switches: 1_020)
        let figures = Idle.figures(before, after, over: .seconds(10))
        #expect(figures.map(\.name) == ["memory", "processor", "wake-ups"])
        #expect(figures.map(\.value) == [30, 0.03, 2])
        #expect(figures.map(\.isMet) == [true, true, nil])
    }

    @Test func theKernelsCountsAreRead() {
        let status =
            "Name:\tkomodo\nVmRSS:\t   31460 kB\nvoluntary_ctxt_switches:\t12\n"
            + "nonvoluntary_ctxt_switches:\t3\n"
        #expect(ProcessFacts.number("VmRSS", in: status) == 31_460)
        #expect(ProcessFacts.switches(status) == 15)
        #expect(ProcessFacts.nanoseconds("123456 7 8\n") == 123_456)
        #expect(ProcessFacts.number("VmRSS", in: "") == nil && ProcessFacts.nanoseconds("") == 0)
    }

    @Test func requestsOfAShortTimeAreThoseOfAMinute() {
        let figures = Following.figures(
            requests: 5, processorTime: .milliseconds(10), over: .seconds(20), jobs: 100)
        #expect(figures[0].value == 15 && figures[0].isMet == true)
        #expect(figures[1].value == 0.05)
        let many = Following.figures(
            requests: 5, processorTime: .zero, over: .seconds(20), jobs: 1_000)
        #expect(many[0].bar == nil, "the bar is meant for a hundred jobs")
    }

    @Test func waitsOfAllProcessesAreOne() {
        var (ours, others) = (Contention.Crowd(), Contention.Crowd())
        ours.add(["waits_ns": [1_000_000, 2_000_000], "busy": 0])
        ours.add(["waits_ns": [160_000_000], "busy": 1])
        others.add(["waits_ns": [3_000_000], "busy": 0])
        let figures = Contention.figures(ours, others, seconds: 3)
        #expect(figures.map(\.name) == ["busy errors", "longest wait", "p99"])
        #expect(figures.map(\.value) == [1, 160, 160])
        #expect(figures.map(\.isMet) == [false, false, nil])
        #expect(figures[0].rates?.perSecond == 1 && figures[1].baseline == 3)
    }

    @Test func withoutAShellOfSQLiteThereIsNoBaseline() {
        let figures = ListCommand.figures(Samples([.milliseconds(20)]), Samples())
        #expect(figures[0].value == 20 && figures[0].baseline == nil)
    }
}
