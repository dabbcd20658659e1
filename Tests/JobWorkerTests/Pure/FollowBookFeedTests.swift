import JobStore
import Jobs
import KomodoClient
import Testing

@testable import JobWorker

/// When followed jobs are looked at while Komodo tells of their updates.
@Suite(.timeLimit(.minutes(2)))
struct FollowBookFeedTests {
    /// A hint at the update of a job of a row.
    private func hint(_ row: Int64, _ status: UpdateStatus = .complete) -> UpdateHint {
        UpdateHint(id: JobRecord.running(row).remote?.updateID ?? "", status: status)
    }

    /// A book with so many jobs that were polled under an open feed at 1,000.
    private func fed(_ count: Int64 = 1, operation: JobOperation = .deploy) -> FollowBook {
        var book = FollowBook()
        for row in 1...count { book.add(.running(row, operation: operation), at: 0) }
        book.feedOpened(at: 500)
        book.polled(Array(1...count), since: 900, at: 1_000)
        return book
    }

    /// Polls as the worker does and answers the moments, letting `before` happen first.
    private func polls(
        _ book: inout FollowBook, until end: Int64,
        _ before: (inout FollowBook, Int64) -> Void = { _, _ in }
    ) -> [Int64] {
        var moments: [Int64] = []
        for now in stride(from: Int64(0), to: end, by: 50) {
            before(&book, now)
            guard let due = book.nextDue(), due <= now else { continue }
            let batch = book.batch(at: now, max: updatesPerPollMax)
            guard !batch.isEmpty else { continue }
            moments.append(now)
            book.polled(batch.map(\.row), since: now - 1, at: now)
        }
        return moments
    }

    @Test
    func polledJobsRestForHalfAMinute() {
        let book = fed()
        #expect(book.nextDue() == 31_000)
        #expect(book.batch(at: 30_999, max: 100).isEmpty)
        #expect(book.batch(at: 31_000, max: 100).map(\.row) == [1])
    }

    @Test
    func everythingIsLookedAtWhenTheFeedBegins() {
        var book = FollowBook()
        for row in Int64(1)...2 { book.add(.running(row), at: 0) }
        book.polled([1, 2], at: 40_000)
        #expect(book.nextDue() == 45_000)
        book.feedOpened(at: 41_000)
        #expect(book.batch(at: 41_000, max: 100).count == 2)
    }

    @Test
    func aNewJobIsLookedAtOnceForWhatWasToldBeforeItWasKnown() {
        var book = fed()
        book.add(.running(2), at: 5_000)
        #expect(book.nextDue() == 6_000)
        #expect(book.batch(at: 6_000, max: 100).map(\.row) == [2, 1])
        book.polled([2, 1], since: 6_000, at: 6_100)
        #expect(book.nextDue() == 36_100)
    }

    @Test
    func aLossBringsTheOldPaceBackAtOnce() {
        var book = fed()
        book.feedLost(at: 40_000)
        #expect(book.nextDue() == 31_000)
        book = fed()
        book.feedLost(at: 2_000)
        #expect(book.nextDue() == 3_000)
        book.polled([1], at: 3_000)
        #expect(book.nextDue() == 4_000)
    }

    @Test
    func manyHintsWithinAMomentMakeOnePoll() {
        var book = fed(100)
        for row in Int64(1)...100 { book.told(hint(row), at: 9_000 + row) }
        #expect(book.nextDue() == 9_101)
        #expect(book.batch(at: 9_101, max: 100).count == 100)
    }

    @Test
    func onlyNewsAboutOwnJobsHasten() {
        var book = fed()
        var known = JobRecord.running(1)
        known.state = .running(.inProgress)
        book.update(known)
        for other in [hint(2), hint(1, .queued), hint(1, .inProgress)] {
            book.told(other, at: 5_000)
            #expect(book.nextDue() == 31_000)
        }
        book.told(hint(1, .other("Paused")), at: 5_000)
        #expect(book.nextDue() == 5_100)
        for (state, due) in [
            (JobState.running(.accepted), 31_000), (.running(.unreachable), 5_100),
        ] {
            book = fed()
            known.state = state
            book.update(known)
            book.told(hint(1, .inProgress), at: 5_000)
            #expect(book.nextDue() == Int64(due))
        }
    }

    @Test
    func whatIsToldDuringAPollCausesAnother() {
        var book = fed()
        book.told(hint(1), at: 5_050)
        book.polled([1], since: 5_000, at: 5_200)
        #expect(book.nextDue() == 5_150)
        book.polled([1], since: 5_200, at: 5_300)
        #expect(book.nextDue() == 35_300)
    }

    @Test
    func aConclusionThatCameToNothingIsTriedAgainAtThePace() {
        var book = fed()
        book.assign(.conclusion, .running(1))
        _ = book.beginErrand(max: 1)
        book.endErrand(.running(1), at: 3_000)
        #expect(book.nextDue() == 4_000)
    }

    @Test
    func aFeedThatMissedAnEndIsNotReliedUponUntilItProvesItself() {
        var book = fed(2)
        // Ended before the feed was relied upon for it.
        book.foundOver([1], since: 900, at: 1_000)
        #expect(book.feed.isTrusted)
        // Ended, and told so.
        book.told(hint(1), at: 20_000)
        book.foundOver([1], since: 20_100, at: 20_200)
        #expect(book.feed.isTrusted)
        book.foundOver([2], since: 31_000, at: 31_100)
        #expect(!book.feed.isTrusted)
        book.polled([1], since: 31_000, at: 31_100)
        #expect(book.entries[1]?.dueAt == 36_100)
        book.told(hint(1, .inProgress), at: 32_000)
        #expect(book.feed.isTrusted)
        book.feedLost(at: 33_000)
        book.told(hint(1), at: 33_100)
        #expect(!book.feed.isTrusted)
    }

    @Test
    func whoReadsAGrowingLogDoesNotWaitForTheFeed() {
        var book = fed(2, operation: .build)
        #expect(book.hasGrowingLogs)
        book.watch([1], at: 8_000)
        #expect(book.nextDue() == 8_000)
        book.polled([1, 2], since: 8_000, at: 8_000)
        #expect(book.entries[1]?.dueAt == 10_000)
        #expect(book.entries[2]?.dueAt == 38_000)
        book.watch([], at: 9_000)
        book.polled([1, 2], since: 10_000, at: 10_000)
        #expect(book.nextDue() == 40_000)
    }

    @Test
    func aJobWithoutAnUpdateKeepsItsPace() {
        var book = FollowBook()
        book.add(.running(1, remote: .state, operation: .deployStackIfChanged), at: 0)
        book.feedOpened(at: 0)
        #expect(!book.isWorthAFeed(at: 60_000))
        book.searched(1, at: 1_000)
        #expect(book.nextDue() == 2_000)
    }

    @Test
    func aJobThatLastsIsWorthAFeed() {
        var book = FollowBook()
        #expect(!book.isWorthAFeed(at: 0))
        book.add(.running(1), at: 1_000)
        #expect(!book.isWorthAFeed(at: 2_999))
        #expect(book.isWorthAFeed(at: 3_000))
    }

    @Test
    func aHundredJobsCostTwoPollsAMinuteWhileNothingIsTold() {
        var book = FollowBook()
        for row in Int64(1)...100 { book.add(.running(row), at: 0) }
        let moments = polls(&book, until: 600_000) { book, now in
            if now == 2_500 { book.feedOpened(at: now) }
        }
        #expect(moments.count { $0 >= 60_000 } <= 18, "\(moments)")
    }

    @Test
    func noMinuteSeesMoreThanThirtyPollsWhateverIsTold() {
        var book = FollowBook()
        for row in Int64(1)...100 { book.add(.running(row), at: 0) }
        var next: Int64 = 100
        let moments = polls(&book, until: 300_000) { book, now in
            if now == 2_500 { book.feedOpened(at: now) }
            // Each moment something is told of one of them, and new ones come all the time.
            book.told(hint(now / 50 % 100 + 1, .other("Paused")), at: now)
            guard now.isMultiple(of: 400) else { return }
            next += 1
            book.add(.running(next), at: now)
        }
        for (number, moment) in moments.enumerated() where moment > 5_000 {
            let inAMinute = moments[number...].prefix { $0 < moment + 60_000 }
            #expect(inAMinute.count <= 30)
        }
        #expect(moments.count > 100)
    }

    @Test
    func theUpdateOfAJobThatIsGoneMeansNothing() {
        var book = fed(2)
        book.remove(.running(1))
        book.told(hint(1), at: 5_000)
        #expect(book.rows.count == 1 && book.nextDue() == 31_000)
        var next = JobRecord.running(2)
        next.leaseNumber = 2
        next.remote = .update("64b7f0a1c2d3e4f5a6b7c8d9")
        book.add(next, at: 5_000)
        book.polled([2], since: 6_000, at: 6_000)
        book.told(hint(2), at: 7_000)
        #expect(book.nextDue() == 36_000)
        book.told(UpdateHint(id: "64b7f0a1c2d3e4f5a6b7c8d9", status: .complete), at: 7_000)
        #expect(book.nextDue() == 7_100)
    }
}

/// How many polls hints may cause.
@Suite(.timeLimit(.minutes(2)))
struct PollAllowanceTests {
    @Test
    func aFewPollsGoAtOnceAndThenOneInAWhile() {
        var allowance = PollAllowance(scale: 1)
        var moments: [Int64] = []
        for now in stride(from: Int64(0), to: 60_000, by: 10) where now >= allowance.opensAt {
            allowance.take(at: now)
            moments.append(now)
        }
        #expect(moments.prefix(6) == [0, 10, 20, 30, 40, 2_500])
        #expect(moments.count == 28)
    }

    @Test
    func whatWasNotUsedIsThereAgainAfterAWhile() {
        var allowance = PollAllowance(scale: 0.1)
        for _ in 0..<5 { allowance.take(at: 1_000) }
        #expect(allowance.opensAt == 1_250)
        #expect(allowance.opensAt <= 2_250)
        for _ in 0..<5 {
            #expect(allowance.opensAt <= 9_000)
            allowance.take(at: 9_000)
        }
        #expect(allowance.opensAt == 9_250)
    }
}

/// Whether a worker wants to be told of updates.
@Suite(.timeLimit(.minutes(2)))
struct FeedWishTests {
    @Test
    func theWishOutlivesItsLastJobByAMinute() {
        var wish = FeedWish(scale: 1)
        let looks: [(Int64, Bool, Bool)] = [
            (0, false, false), (1_000, true, true), (2_000, false, true), (50_000, true, true),
            (109_999, false, true), (110_000, false, false), (110_500, false, false),
            (111_000, true, true),
        ]
        for (now, isWorthwhile, expected) in looks {
            #expect(wish.decide(isWorthwhile, at: now) == expected, "\(now)")
        }
    }
}
