import Jobs
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TokenBucketTests {
    static let limits: [TokenBucket.Limits] = [
        TokenBucket.Limits(perMinute: 100, burst: 200), TokenBucket.Limits(perMinute: 5, burst: 20),
        TokenBucket.Limits(perMinute: 1_000, burst: 1_500),
        TokenBucket.Limits(perMinute: 60, burst: 70),
        TokenBucket.Limits(perMinute: 1, burst: 10),
    ]
    private static let usableShare = 0.95

    /// Bursts, lulls and steady streams at random, for hours.
    @Test(arguments: limits, 0..<6)
    func noSlidingMinuteSeesMoreThanTheBurst(limits: TokenBucket.Limits, seed: Int) {
        var random = SeededRandom(seed)
        var probe = BucketProbe(limits)
        let end = probe.now + 6 * 60 * BucketProbe.minute
        while probe.now < end {
            let purpose = TokenBucket.Purpose.allCases[random.below(3)]
            switch random.below(4) {
            case 0:
                for _ in 0..<limits.burst { probe.take(purpose) }
            case 1: probe.saturate([purpose], for: Int64(random.below(20_000)))
            case 2: probe.now += Int64(random.below(120_000))
            default:
                for _ in 0..<50 {
                    probe.take(TokenBucket.Purpose.allCases[random.below(3)])
                    probe.now += Int64(random.below(1_500))
                }
            }
            if random.once(in: 30) { probe.bucket.obey(remaining: 3, at: probe.now, limits) }
        }
        #expect(probe.mostInAMinute <= limits.burst, "seed \(seed)")
        #expect(probe.grants.count > limits.perMinute * 60)
    }

    @Test(arguments: limits)
    func aFullBucketThenAStreamStaysBelowTheBurst(limits: TokenBucket.Limits) {
        var probe = BucketProbe(limits)
        probe.saturate(TokenBucket.Purpose.allCases, for: 3 * BucketProbe.minute, pace: 1)
        #expect(probe.mostInAMinute <= limits.burst)
        #expect(Double(probe.mostInAMinute) >= limits.capacity + Double(limits.perMinute) - 6)
    }

    @Test(
        arguments: limits,
        [
            [TokenBucket.Purpose.submission], [.poll], [.read], [.submission, .poll],
            [.poll, .read], [.read, .submission], [.submission, .poll, .read],
        ])
    func aSaturatedMinuteUsesTheLimit(
        limits: TokenBucket.Limits, purposes: [TokenBucket.Purpose]
    ) {
        var probe = BucketProbe(limits)
        let start = probe.now
        probe.saturate(purposes, for: 20 * BucketProbe.minute)
        let total = probe.grants.count { $0.at >= start + 5 * BucketProbe.minute }
        #expect(Double(total) >= 15 * Double(limits.perMinute) * Self.usableShare)
        for minute in 5..<20 {
            let count = probe.count(in: start + Int64(minute) * BucketProbe.minute)
            // A slow limit gives whole tokens at uneven moments.
            #expect(
                Double(count) >= (Double(limits.perMinute) * Self.usableShare).rounded(.down) - 1,
                "minute \(minute)")
        }
    }

    /// Callers sleep for as long as they are told instead of asking all the time.
    @Test(arguments: limits)
    func whoWaitsAsToldUsesTheLimitToo(limits: TokenBucket.Limits) {
        var probe = BucketProbe(limits)
        probe.saturate(TokenBucket.Purpose.allCases, for: 2 * BucketProbe.minute)
        probe.saturate([.submission], for: 5 * BucketProbe.minute)
        let start = probe.now
        var asked = 0
        while probe.now < start + 10 * BucketProbe.minute {
            asked += 1
            if case .refused(let wait) = probe.take(.submission) {
                #expect(wait > .zero)
                probe.now += wait.inMilliseconds
            }
        }
        let count = probe.grants.count { $0.at >= start }
        #expect(Double(count) >= 10 * Double(limits.perMinute) * Self.usableShare - 1)
        #expect(asked <= 4 * count)
    }

    @Test(arguments: limits, TokenBucket.Purpose.allCases)
    func afterItsWaitATokenIsThere(limits: TokenBucket.Limits, purpose: TokenBucket.Purpose) {
        var probe = BucketProbe(limits)
        for _ in 0..<40 {
            guard case .refused(let wait) = probe.take(purpose) else { continue }
            probe.now += wait.inMilliseconds
            #expect(probe.take(purpose) == .granted)
        }
    }

    @Test(arguments: limits)
    func pollsAndReadsKeepTheirShareWhileSubmissionsSaturate(limits: TokenBucket.Limits) {
        var probe = BucketProbe(limits)
        probe.saturate([.submission], for: 2 * BucketProbe.minute)
        let start = probe.now
        probe.saturate([.submission, .poll, .read], for: 20 * BucketProbe.minute)
        let share = Double(20 * limits.perMinute) * 0.2
        for purpose in [TokenBucket.Purpose.poll, .read] {
            let count = probe.grants.count { $0.at >= start && $0.purpose == purpose }
            #expect(Double(count) >= share - 1, "\(purpose)")
        }
        let submissions = probe.grants.count { $0.at >= start && $0.purpose == .submission }
        #expect(Double(submissions) >= 3 * share * 0.95 - 1)
    }

    @Test func submissionsGoFirstForWhatIsShared() {
        let limits = TokenBucket.Limits()
        var probe = BucketProbe(limits)
        probe.bucket = .empty(at: probe.now)
        probe.now += 1
        #expect(probe.take(.submission) != .granted)
        // Two seconds refill two shared tokens; a poll may take its own only.
        probe.now += 2_000
        let polls = (0..<4).count { _ in probe.take(.poll) == .granted }
        #expect(polls == 0)
        let submissions = (0..<4).count { _ in probe.take(.submission) == .granted }
        #expect(submissions == 2)
        #expect(probe.take(.poll) != .granted)
        probe.now += 2_000
        #expect(probe.take(.poll) == .granted)
    }

    @Test func komodosOwnCountIsObeyed() {
        let limits = TokenBucket.Limits()
        var bucket = TokenBucket.full(limits, at: 0)
        #expect(bucket.total > 90)
        bucket.obey(remaining: 7, at: 0, limits)
        #expect(abs(bucket.total - 7) < 0.001)
        bucket.obey(remaining: 500, at: 0, limits)
        #expect(abs(bucket.total - 7) < 0.001)
        bucket.obey(remaining: 0, at: 0, limits)
        #expect(bucket.total == 0)
        bucket.obey(remaining: -3, at: 0, limits)
        #expect(bucket.total == 0)
        #expect(bucket.take(.read, at: 0, limits) != .granted)
    }

    @Test func nobodyAsksBeforeKomodoAllowsIt() {
        let limits = TokenBucket.Limits()
        var bucket = TokenBucket.full(limits, at: 1_000)
        bucket.obey(wait: .seconds(12), at: 1_000, limits)
        bucket.obey(wait: .seconds(2), at: 1_000, limits)
        for purpose in TokenBucket.Purpose.allCases {
            #expect(bucket.take(purpose, at: 1_000, limits) == .refused(wait: .seconds(12)))
            #expect(bucket.take(purpose, at: 12_999, limits) == .refused(wait: .milliseconds(1)))
            #expect(bucket.take(purpose, at: 13_000, limits) == .granted)
        }
    }

    @Test func anEmptyBucketHoldsNothingAndFillsUp() {
        let limits = TokenBucket.Limits()
        var bucket = TokenBucket.empty(at: 5_000)
        for purpose in TokenBucket.Purpose.allCases {
            #expect(bucket.take(purpose, at: 5_000, limits) != .granted)
        }
        bucket.obey(at: 5_000 + 10 * BucketProbe.minute, limits)
        #expect(abs(bucket.total - limits.capacity) < 0.001)
    }

    @Test func aClockThatGoesBackDoesNothing() {
        let limits = TokenBucket.Limits()
        var bucket = TokenBucket.empty(at: 100_000)
        bucket.obey(at: 103_000, limits)
        let before = bucket
        bucket.obey(at: 50_000, limits)
        #expect(bucket == before)
        // Nor is the same stretch of time counted twice.
        bucket.obey(at: 103_000, limits)
        #expect(bucket == before)
    }

    @Test func lowerLimitsOfAnotherProcessNeverRaiseTheTotal() {
        let wide = TokenBucket.Limits(perMinute: 1_000, burst: 1_500)
        let narrow = TokenBucket.Limits(perMinute: 5, burst: 20)
        var bucket = TokenBucket.full(wide, at: 0)
        bucket.obey(at: 1, narrow)
        #expect(bucket.total <= narrow.capacity)
    }

    @Test func theCapacityLeavesRoomForTheRefill() {
        for limits in Self.limits where limits.capacity > 5 {
            #expect(
                limits.capacity + Double(limits.perMinute) <= Double(limits.burst) * 0.98 + 1e-9)
        }
    }
}
