internal import Jobs

/// Decides what the reads after a lost submission prove.
///
/// Pure; times count on the clock since boot, in milliseconds, which no correction of the wall clock
/// disturbs.
struct EvidenceWatch: Sendable, Hashable {
    /// What is known so far.
    enum Verdict: Sendable, Hashable {
        case undecided
        case found(String)
        case ambiguous([String])
        /// Reads showed nothing, without a failure between them, for the whole grace.
        case absent
    }

    /// Nobody can be sending any more after this moment.
    let quietFrom: Int64
    let grace: Duration
    private(set) var cleanSince: Int64?
    /// When the last read began that succeeded.
    private(set) var lastRead: Int64?

    /// What has left is with Komodo or lost after this moment, so that a job can end without
    /// knowledge and give up its lane.
    var settledFrom: Int64 { quietFrom + grace.inMilliseconds }

    init(quietFrom: Int64, grace: Duration) {
        self.quietFrom = quietFrom
        self.grace = grace
    }

    /// A read that began at `start` succeeded and showed these updates.
    mutating func saw(_ candidates: [String], start: Int64) -> Verdict {
        lastRead = start
        if candidates.count > 1 {
            cleanSince = nil
            return start >= settledFrom ? .ambiguous(candidates) : .undecided
        }
        // A job sends once until it is known what became of that, so nothing else is under way.
        if let only = candidates.first { return .found(only) }
        guard start >= quietFrom else { return .undecided }
        guard let since = cleanSince else {
            cleanSince = start
            return grace == .zero ? .absent : .undecided
        }
        return start - since >= grace.inMilliseconds ? .absent : .undecided
    }

    /// A read that began at `start` was refused for good; whether the job can end with that.
    mutating func refused(start: Int64) -> Bool {
        lastRead = start
        cleanSince = nil
        return start >= settledFrom
    }

    /// A read failed; the grace begins anew.
    mutating func failed() {
        cleanSince = nil
    }
}
