import JobStore
import Jobs
import Testing

@testable import JobWorker

/// When the time of a job is up, whatever the wall clock shows.
@Suite(.timeLimit(.minutes(1)))
struct DeadlinesTests {
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)
    private static let hour: Duration = .seconds(3_600)

    private static func job(_ row: Int64 = 1, _ deadline: Duration? = .seconds(60)) -> JobRecord {
        var job = JobRecord.running(row)
        job.deadline = deadline
        job.deadlineAt = deadline.map { now + $0 }
        return job
    }

    @Test(arguments: [Duration.seconds(3_600), .seconds(-3_600)])
    func theClockMayBeSetWhileAJobRuns(by step: Duration) {
        let deadlines = Deadlines()
        #expect(deadlines.end(of: Self.job(), at: 5_000, wallClock: Self.now) == 65_000)
        #expect(deadlines.end(of: Self.job(), at: 9_000, wallClock: Self.now + step) == 65_000)
    }

    @Test func whatIsLeftCountsFromTheFirstSight() {
        let deadlines = Deadlines()
        let later = Self.now + .seconds(50)
        #expect(deadlines.end(of: Self.job(), at: 5_000, wallClock: later) == 15_000)
        #expect(deadlines.end(of: Self.job(2), at: 5_000, wallClock: Self.now + Self.hour) == 5_000)
        #expect(deadlines.end(of: Self.job(3, nil), at: 5_000, wallClock: Self.now) == nil)
    }

    @Test func aClockThatWasSetBackBeforeGivesNoMoreThanTheWholeTime() {
        let deadlines = Deadlines()
        #expect(
            deadlines.end(of: Self.job(), at: 5_000, wallClock: Self.now - Self.hour) == 65_000)
    }

    @Test func anotherRunOfTheJobHasItsOwnTime() {
        let deadlines = Deadlines()
        _ = deadlines.end(of: Self.job(), at: 5_000, wallClock: Self.now)
        var again = Self.job()
        again.deadlineAt = Self.now + .seconds(160)
        let wallClock = Self.now + .seconds(100)
        #expect(deadlines.end(of: again, at: 105_000, wallClock: wallClock) == 165_000)
    }

    @Test func whatHasEndedIsForgotten() {
        let deadlines = Deadlines()
        for row in Int64(1)...2 {
            _ = deadlines.end(of: Self.job(row), at: 0, wallClock: Self.now)
        }
        deadlines.forget(Self.job(1))
        // As if it were seen for the first time.
        #expect(deadlines.end(of: Self.job(1), at: 7_000, wallClock: Self.now) == 67_000)
        #expect(deadlines.end(of: Self.job(2), at: 7_000, wallClock: Self.now) == 60_000)
        // An hour after its end nobody asks any more; the next job makes room.
        _ = deadlines.end(of: Self.job(3), at: 3_660_000, wallClock: Self.now)
        #expect(deadlines.end(of: Self.job(2), at: 3_660_000, wallClock: Self.now) == 3_720_000)
    }
}
