import JobStore
import Jobs
import KomodoClient
import Testing

@testable import JobWorker

/// When followed jobs are looked at.
@Suite(.timeLimit(.minutes(2)))
struct FollowBookTests {
    /// Polls as the worker does for some minutes and counts the polls in each.
    private func pollsPerMinute(_ book: inout FollowBook, minutes: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: minutes)
        for now in stride(from: Int64(0), to: Int64(minutes) * 60_000, by: 50) {
            guard let due = book.nextDue(), due <= now else { continue }
            let batch = book.batch(at: now, max: updatesPerPollMax)
            counts[Int(now / 60_000)] += 1
            book.polled(batch.map(\.row), at: now)
        }
        return counts
    }

    @Test
    func aHundredJobsCostAtMostThirtyPollsInAnyMinute() {
        var book = FollowBook()
        for row in 1...100 { book.add(.running(Int64(row)), at: 0) }
        let counts = pollsPerMinute(&book, minutes: 3)
        #expect(counts.allSatisfy { $0 <= 30 && $0 >= 10 }, "\(counts)")
    }

    @Test
    func jobsAcceptedOverHalfAMinuteSharePollsToo() {
        var book = FollowBook()
        var polls = 0
        for now in stride(from: Int64(0), to: 120_000, by: 50) {
            if now < 30_000, now.isMultiple(of: 300) {
                book.add(.running(now / 300 + 1), at: now)
            }
            guard let due = book.nextDue(), due <= now else { continue }
            let batch = book.batch(at: now, max: updatesPerPollMax)
            polls += 1
            book.polled(batch.map(\.row), at: now)
        }
        // At the pace of the youngest: every second while jobs arrive, then slower.
        #expect(polls <= 30 + 5 + 13 + 13)
    }

    @Test
    func everyJobOfManyIsLookedAt() {
        var book = FollowBook()
        for row in 1...250 { book.add(.running(Int64(row)), at: 0) }
        var seen: Set<Int64> = []
        for _ in 0..<3 {
            let batch = book.batch(at: 1_000, max: 100)
            #expect(batch.count <= 100)
            seen.formUnion(batch.map(\.row))
            book.polled(batch.map(\.row), at: 1_000)
        }
        #expect(seen.count == 250)
        #expect(book.batch(at: 1_000, max: 100).isEmpty)
    }

    @Test
    func nothingIsDueBeforeItsTimeAndHasteMakesItDue() {
        var book = FollowBook()
        #expect(book.nextDue() == nil)
        book.add(.running(1), at: 500)
        #expect(book.nextDue() == 1_500)
        #expect(book.batch(at: 1_499, max: 100).isEmpty)
        book.hasten(1, at: 700)
        #expect(book.batch(at: 700, max: 100).map(\.row) == [1])
        book.remove(.running(1))
        #expect(book.nextDue() == nil && book.batch(at: 9_000, max: 100).isEmpty)
    }

    @Test
    func addingAJobAgainKeepsItsPaceAndTakesItsNewState() {
        var book = FollowBook()
        book.add(.running(1), at: 0)
        var next = JobRecord.running(1)
        next.state = .running(.inProgress)
        book.add(next, at: 900)
        #expect(book.nextDue() == 1_000)
        #expect(book.entries[1]?.job.state == .running(.inProgress))
    }

    @Test
    func jobsWithoutAnUpdateAreKeptApart() {
        var book = FollowBook()
        book.add(.running(1, remote: .state, operation: .deployStackIfChanged), at: 0)
        book.add(.running(2), at: 0)
        #expect(book.batch(at: 1_000, max: 100).map(\.row) == [2])
        #expect(book.withoutUpdate(at: 999).isEmpty)
        #expect(book.withoutUpdate(at: 1_000).map(\.row) == [1])
    }

    @Test
    func failuresWaitLongerEachTimeAndASuccessEndsThat() {
        var book = FollowBook()
        book.add(.running(1), at: 0)
        var now: Int64 = 1_000
        var waits: [Int64] = []
        var unreachableAt: Int64?
        for _ in 0..<9 {
            if book.failed(at: now, wait: nil) { unreachableAt = unreachableAt ?? now }
            waits.append(book.blockedUntil - now)
            #expect(book.batch(at: book.blockedUntil - 1, max: 100).isEmpty)
            #expect(book.nextDue() == book.blockedUntil)
            now = book.blockedUntil
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30, 30].map { $0 * 1_000 })
        #expect(unreachableAt == 16_000)
        book.polled([1], at: now)
        #expect(book.failuresInARow == 0 && book.failingSince == nil)
        let isUnreachable = book.failed(at: now + 5_000, wait: nil)
        #expect(!isUnreachable)
        #expect(book.blockedUntil == now + 6_000)
    }

    @Test
    func aRequestForPatienceIsObeyed() {
        var book = FollowBook()
        book.add(.running(1), at: 0)
        _ = book.failed(at: 2_000, wait: .seconds(90))
        #expect(book.batch(at: 91_999, max: 100).isEmpty)
        #expect(book.batch(at: 92_000, max: 100).map(\.row) == [1])
    }

    @Test
    func whatHasAnErrandIsLeftOutUntilThatIsOver() {
        var book = FollowBook()
        for row in Int64(1)...2 { book.add(.running(row), at: 0) }
        book.assign(.conclusion, .running(1))
        book.assign(.log, .running(1))
        #expect(book.batch(at: 1_000, max: 100).map(\.row) == [2])
        #expect(book.nextDue() == 1_000)
        let errand = book.beginErrand(max: 8)
        #expect(errand?.errand == .conclusion && errand?.job.row == 1)
        #expect(book.beginErrand(max: 8) == nil)
        book.assign(.conclusion, .running(1))
        #expect(book.beginErrand(max: 8) == nil)
        #expect(book.batch(at: 9_000, max: 100).map(\.row) == [2])
        book.endErrand(.running(1), at: 9_000)
        #expect(book.batch(at: 9_000, max: 100).map(\.row) == [1, 2])
    }

    @Test
    func onlySoManyErrandsAreUnderWayAndEndsComeFirst() {
        var book = FollowBook()
        for row in Int64(1)...9 {
            book.add(.running(row), at: 0)
            book.assign(row <= 6 ? .log : .conclusion, .running(row))
        }
        let first = (1...3).compactMap { _ in book.beginErrand(max: 3)?.job.row }
        #expect(first == [7, 8, 9])
        #expect(book.beginErrand(max: 3) == nil)
        book.endErrand(.running(8), at: 0)
        book.remove(.running(8))
        #expect(book.beginErrand(max: 3)?.job.row == 1)
        #expect(book.beginErrand(max: 3) == nil)
    }

    @Test
    func whatDoesNotWorkRestsLongerEachTime() {
        var book = FollowBook()
        for row in Int64(1)...2 { book.add(.running(row), at: 0) }
        let backoff = Backoff(from: .seconds(1), to: .seconds(4))
        var now: Int64 = 1_000
        for wait: Int64 in [1_000, 2_000, 4_000, 4_000] {
            book.rest(.running(1), at: now, backoff)
            #expect(book.batch(at: now + wait - 1, max: 100).map(\.row) == [2])
            now += wait
            #expect(book.batch(at: now, max: 100).map(\.row) == [1, 2])
        }
        book.rested(.running(1))
        book.rest(.running(1), at: now, backoff)
        #expect(book.batch(at: now + 1_000, max: 100).map(\.row) == [1, 2])
    }

    @Test
    func nobodyIsOverdueWhoseEndIsAboutToBeRead() {
        var book = FollowBook()
        for row in Int64(1)...3 {
            book.add(.running(row), at: 0, endsAt: row == 3 ? nil : 5_000)
        }
        book.assign(.conclusion, .running(1))
        #expect(book.overdue(at: 4_999).isEmpty)
        #expect(book.overdue(at: 5_000).map(\.row) == [2])
    }

    @Test
    func whatEndsUnderAnOldLeaseSaysNothingAboutTheNewOne() {
        var book = FollowBook()
        let old = JobRecord.running(1)
        var new = old
        new.leaseNumber = 2
        book.add(old, at: 0)
        book.assign(.conclusion, old)
        #expect(book.beginErrand(max: 1) != nil)
        book.add(new, at: 500)
        #expect(book.batch(at: 1_500, max: 100) == [new])
        book.assign(.conclusion, new)
        // The old errand still counts.
        #expect(book.beginErrand(max: 1) == nil)
        book.endErrand(old, at: 1_500)
        book.remove(old)
        #expect(book.beginErrand(max: 1)?.job == new)
    }
}

/// The waits between tries.
@Suite(.timeLimit(.minutes(2)))
struct BackoffTests {
    @Test
    func theWaitDoublesUpToItsGreatest() {
        var backoff = WorkerPolicy(pollScale: 1).jobBackoff
        let waits = (1...8).map { _ in backoff.next() }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
    }
}

/// The waits between looks.
@Suite(.timeLimit(.minutes(2)))
struct PollPaceTests {
    @Test(
        arguments: [
            (0, 1_000), (4_999, 1_000), (5_000, 2_000), (29_999, 2_000), (30_000, 5_000),
            (86_400_000, 5_000),
        ] as [(Int64, Int64)])
    func theWaitGrowsWithTheAge(_ age: Int64, _ wait: Int64) {
        let pace = PollPace(startedAt: 7_000, scale: 1)
        #expect(pace.next(at: 7_000 + age).inMilliseconds == wait)
    }

    @Test
    func aScaleShrinksWaitsAndAges() {
        let pace = PollPace(startedAt: 0, scale: 0.1)
        #expect(pace.next(at: 0) == .milliseconds(100))
        #expect(pace.next(at: 500) == .milliseconds(200))
        #expect(pace.next(at: 3_000) == .milliseconds(500))
    }
}
