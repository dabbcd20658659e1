/// The rate budget of one Komodo instance: a token bucket with a share kept for each kind of call.
///
/// Every HTTP request takes one token first and never gives it back. The capacity is chosen so that
/// no sliding minute sees more than `burst` requests: what the bucket holds plus what a minute
/// refills stays below it, with 2 % left for requests that travel at different speeds.
/// Polls and reads each own 20 % of the refill, so that jobs that started can finish; what they do
/// not use goes to everybody.
package struct TokenBucket: Sendable, Hashable {
    /// What a request is for.
    package enum Purpose: String, Sendable, Hashable, CaseIterable {
        case submission, poll, read
    }

    /// The limits of a bucket.
    package struct Limits: Sendable, Hashable {
        /// Requests per minute, sustained.
        package let perMinute: Int
        /// The most requests in any sliding 60 s.
        package let burst: Int

        package init(perMinute: Int = 100, burst: Int = 200) {
            self.perMinute = perMinute
            self.burst = burst
        }

        /// The most tokens that the bucket holds; at least five, so that every reserve can hold one.
        package var capacity: Double {
            max(5, Double(burst) - Double(perMinute) - Double(burst) * 0.02)
        }

        /// Tokens per millisecond.
        var refill: Double { Double(perMinute) / 60_000 }
        static let reservedShare = 0.2
        /// A reserve is refilled before the others get its share, so it is kept small: the minute in
        /// which both are filled again still has 95 % for submissions.
        var reserveMax: Double {
            max(1, min(capacity * Self.reservedShare, Double(perMinute) * Self.reserveOfLimit))
        }
        private static let reserveOfLimit = 0.025
        var sharedMax: Double { capacity - 2 * reserveMax }
    }

    /// Tokens that anybody may take.
    package private(set) var shared: Double
    /// Tokens kept for polls.
    package private(set) var polls: Double
    /// Tokens kept for reads that people wait for.
    package private(set) var reads: Double
    /// When the tokens were last counted, on the clock that runs since boot, in milliseconds.
    package private(set) var countedAt: Int64
    /// No request before this moment, because Komodo asked for patience.
    package private(set) var blockedUntil: Int64
    /// When a submission last found no token; polls and reads then leave the shared tokens alone.
    package private(set) var submissionWaitedAt: Int64?

    /// A bucket with stored figures.
    package init(
        shared: Double, polls: Double, reads: Double, countedAt: Int64, blockedUntil: Int64 = 0,
        submissionWaitedAt: Int64? = nil
    ) {
        self.shared = shared
        self.polls = polls
        self.reads = reads
        self.countedAt = countedAt
        self.blockedUntil = blockedUntil
        self.submissionWaitedAt = submissionWaitedAt
    }

    /// A full bucket, for an instance that nobody has called yet.
    package static func full(_ limits: Limits, at now: Int64) -> TokenBucket {
        TokenBucket(
            shared: limits.sharedMax, polls: limits.reserveMax, reads: limits.reserveMax,
            countedAt: now)
    }

    /// An empty bucket, for the time after a reboot, when nobody knows what was spent before.
    package static func empty(at now: Int64) -> TokenBucket {
        TokenBucket(shared: 0, polls: 0, reads: 0, countedAt: now)
    }

    /// All tokens together.
    package var total: Double { shared + polls + reads }

    private static let submissionPriorityMilliseconds: Int64 = 3_000

    /// The answer to a request for a token.
    package enum Answer: Sendable, Hashable {
        case granted
        /// No token now; there will be one after this time, unless others are faster.
        case refused(wait: Duration)
    }

    /// Takes one token, if there is one for `purpose`.
    ///
    /// - Parameter now: the clock since boot, in milliseconds.
    package mutating func take(_ purpose: Purpose, at now: Int64, _ limits: Limits) -> Answer {
        count(at: now, limits)
        guard now >= blockedUntil else {
            if purpose == .submission { submissionWaitedAt = now }
            return .refused(wait: .milliseconds(blockedUntil - now))
        }
        switch purpose {
        case .submission:
            if spend(\.shared) {
                submissionWaitedAt = nil
                return .granted
            }
            submissionWaitedAt = now
            return .refused(wait: wait(for: 1 - shared, limits, share: sharedShare(limits)))
        case .poll: return takeReserved(\.polls, at: now, limits)
        case .read: return takeReserved(\.reads, at: now, limits)
        }
    }

    /// How many submissions there are tokens for; nothing is taken.
    package func submissionsAffordable(at now: Int64, _ limits: Limits) -> Int {
        var copy = self
        copy.count(at: now, limits)
        return now < blockedUntil ? 0 : Int(copy.shared)
    }

    /// Keeps polls and reads off the shared tokens for a while, because submissions wait for them.
    package mutating func noteSubmissionsWait(at now: Int64) {
        submissionWaitedAt = now
    }

    /// Obeys Komodo's own figures.
    ///
    /// - Parameters:
    ///   - remaining: `X-RateLimit-Remaining`: no more tokens than this are left.
    ///   - wait: `Retry-After`.
    package mutating func obey(
        remaining: Int? = nil, wait: Duration? = nil, at now: Int64, _ limits: Limits
    ) {
        count(at: now, limits)
        if let remaining, Double(remaining) < total, total > 0 {
            let factor = Double(max(0, remaining)) / total
            shared *= factor
            polls *= factor
            reads *= factor
        }
        if let wait { blockedUntil = max(blockedUntil, now + wait.inMilliseconds) }
    }

    private mutating func count(at now: Int64, _ limits: Limits) {
        let elapsed = Double(max(0, now - countedAt))
        countedAt = max(countedAt, now)
        let refilled = elapsed * limits.refill
        let reserved = refilled * Limits.reservedShare
        let polls = polls + reserved
        let reads = reads + reserved
        self.polls = min(polls, limits.reserveMax)
        self.reads = min(reads, limits.reserveMax)
        // A reserve that is full passes its share on, or an idle class would waste the limit.
        let overflow = (polls - self.polls) + (reads - self.reads)
        shared = min(shared + refilled - 2 * reserved + overflow, limits.sharedMax)
    }

    private mutating func takeReserved(
        _ reserve: WritableKeyPath<TokenBucket, Double>, at now: Int64, _ limits: Limits
    ) -> Answer {
        if spend(reserve) { return .granted }
        let submissionWaits =
            submissionWaitedAt.map { now - $0 < Self.submissionPriorityMilliseconds } ?? false
        if !submissionWaits, spend(\.shared) { return .granted }
        return .refused(
            wait: wait(for: 1 - self[keyPath: reserve], limits, share: Limits.reservedShare))
    }

    private mutating func spend(_ tokens: WritableKeyPath<TokenBucket, Double>) -> Bool {
        guard self[keyPath: tokens] >= 1 else { return false }
        self[keyPath: tokens] -= 1
        return true
    }

    private func sharedShare(_ limits: Limits) -> Double {
        var share = 1 - 2 * Limits.reservedShare
        if polls >= limits.reserveMax { share += Limits.reservedShare }
        if reads >= limits.reserveMax { share += Limits.reservedShare }
        return share
    }

    private func wait(for missing: Double, _ limits: Limits, share: Double) -> Duration {
        .milliseconds(Int64((missing / (limits.refill * share)).rounded(.up)) + 1)
    }
}
