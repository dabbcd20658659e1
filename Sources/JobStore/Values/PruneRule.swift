package import Jobs

/// Which finished jobs are removed, and which logs.
package struct PruneRule: Sendable, Hashable {
    /// Jobs that ended before then go, with their history and their logs.
    package var jobsEndedBefore: Timestamp?
    /// Logs of jobs that ended before then go; the jobs stay.
    package var logsEndedBefore: Timestamp?
    /// So many of the newest jobs stay, whatever their age.
    package var newestKept: Int
    /// Only jobs of this instance of Komodo go; nil for all.
    package var instance: String?

    package init(
        jobsEndedBefore: Timestamp? = nil, logsEndedBefore: Timestamp? = nil, newestKept: Int = 0,
        instance: String? = nil
    ) {
        self.jobsEndedBefore = jobsEndedBefore
        self.logsEndedBefore = logsEndedBefore
        self.newestKept = newestKept
        self.instance = instance
    }

    /// The most jobs that can be kept by their number.
    package static let newestKeptMax = 10_000_000
}

/// Where pruning goes on; whoever begins anew from nothing finds what is left all the same.
package struct PrunePlace: Sendable, Hashable {
    enum Part: Sendable, Hashable { case jobs, logs, keys }

    var part = Part.jobs
    /// The last job that was looked at.
    var createdAt = Int64.min
    var job: Int64 = 0
    /// Jobs from this row on are among the newest that are kept.
    var end: Int64

    init(end: Int64) { self.end = end }

    /// The place behind a candidate; the same one when none is done.
    func after(_ candidate: Pruning.Candidate?) -> PrunePlace {
        guard let candidate else { return self }
        var place = self
        place.createdAt = candidate.createdAt
        place.job = candidate.job
        return place
    }

    mutating func begin(_ part: Part) {
        self.part = part
        createdAt = .min
        job = 0
    }
}

/// What one step of pruning did.
package struct PruneStep: Sendable, Hashable {
    package var removed = PruneCounts()
    /// Where to go on; nil when everything is done.
    package var next: PrunePlace?

    package init(removed: PruneCounts = PruneCounts(), next: PrunePlace? = nil) {
        self.removed = removed
        self.next = next
    }
}

/// How much is removed, or would be.
package struct PruneCounts: Sendable, Hashable {
    package var jobs = 0
    package var events = 0
    package var logs = 0
    /// Bytes of the logs' texts.
    package var logBytes = 0
    /// Idempotency keys that were kept for a month after their jobs.
    package var keys = 0

    package init() {}

    /// Whether nothing was found.
    package var isEmpty: Bool { self == PruneCounts() }

    package static func += (sum: inout PruneCounts, part: PruneCounts) {
        sum.jobs += part.jobs
        sum.events += part.events
        sum.logs += part.logs
        sum.logBytes += part.logBytes
        sum.keys += part.keys
    }
}
