import Jobs
import Testing

@testable import JobStore

/// Whether the wall clock was set back.
@Suite(.timeLimit(.minutes(1)))
struct ClockWatchTests {
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)
    private static let hour: Duration = .seconds(3_600)

    @Test func nobodyKnowsWhatWasBeforeTheFirstLook() {
        var watch = ClockWatch()
        #expect(watch.isSetBack(Self.now, sinceBoot: 5_000))
        #expect(watch.isSetBack(Self.now, sinceBoot: 5_000))
        watch.note(Self.now, sinceBoot: 5_000)
        #expect(!watch.isSetBack(Self.now, sinceBoot: 5_000))
    }

    @Test func timeThatPassesAndClocksThatAreSetForwardAreNoMatter() {
        var watch = ClockWatch()
        watch.note(Self.now, sinceBoot: 5_000)
        #expect(!watch.isSetBack(Self.now + Self.hour, sinceBoot: 3_605_000))
        #expect(!watch.isSetBack(Self.now + Self.hour, sinceBoot: 5_000))
    }

    @Test func aCorrectionOfTwoSecondsIsNoMatterAndALargerOneIs() {
        var watch = ClockWatch()
        watch.note(Self.now, sinceBoot: 5_000)
        #expect(!watch.isSetBack(Self.now - ClockWatch.correctionMax, sinceBoot: 5_000))
        let late = Self.now - ClockWatch.correctionMax - .milliseconds(1)
        #expect(watch.isSetBack(late, sinceBoot: 5_000))
        watch.note(late, sinceBoot: 5_000)
        #expect(!watch.isSetBack(late, sinceBoot: 5_000))
    }
}
