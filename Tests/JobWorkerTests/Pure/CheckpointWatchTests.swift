import JobStore
import Testing

@testable import JobWorker

/// When an operator hears that the write-ahead log does not start anew.
struct CheckpointWatchTests {
    /// The seconds at which something is said, of one look each second.
    private func told(
        _ seconds: ClosedRange<Int64>, bytes: (Int64) -> Int = { Int($0) },
        _ result: (Int64) -> CheckpointWatch.Result
    ) -> [Int64] {
        var watch = CheckpointWatch()
        return seconds.filter { second in
            watch.note(result(second), logBytes: bytes(second), at: second * 1_000) != nil
        }
    }

    @Test func whatIsInTheWayIsToldAfterTenSecondsAndOnceAMinute() {
        #expect(told(100...240) { _ in .obstructed(.reader) } == [110, 170, 230])
    }

    @Test func readersOfSecondsAreNotTold() {
        #expect(told(0...300) { $0 % 10 == 0 ? .done : .obstructed(.reader) } == [])
    }

    @Test func whatComesAgainIsToldOnceAMinuteToo() {
        #expect(told(0...60) { $0 == 15 ? .done : .obstructed(.writer) } == [10])
        #expect(told(0...70) { $0 == 15 ? .done : .obstructed(.writer) } == [10, 70])
    }

    @Test func aLogThatOthersStartedAnewIsNotTold() {
        #expect(told(0...100, bytes: { Int($0 % 9) }) { _ in .obstructed(.reader) } == [])
        #expect(told(0...100, bytes: { Int($0 % 12) }) { _ in .obstructed(.reader) } == [10, 70])
    }

    @Test func whatOthersDoDoesNotHideWhoIsInTheWay() {
        let results: [CheckpointWatch.Result] = [.obstructed(.reader), .leftToAnother]
        var watches = [CheckpointWatch(), CheckpointWatch()]
        var texts: [String?] = []
        for (index, last) in results.enumerated() {
            _ = watches[index].note(.obstructed(.reader), logBytes: 0, at: 0)
            texts.append(watches[index].note(last, logBytes: 0, at: 10_000))
        }
        #expect(texts[0] == texts[1] && texts[0] != nil)
    }

    @Test func eachObstacleHasATextOfItsOwn() {
        let results: [CheckpointWatch.Result] = [
            .obstructed(.reader), .obstructed(.writer), .leftToAnother, .failed("The disk is full"),
        ]
        let texts = results.map { result in
            var watch = CheckpointWatch()
            _ = watch.note(result, logBytes: 0, at: 0)
            return watch.note(result, logBytes: 0, at: 10_000)
        }
        #expect(Set(texts).count == 4 && !texts.contains(nil))
    }
}
