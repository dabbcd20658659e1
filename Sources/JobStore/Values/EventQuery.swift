/// Which part of a job's history to read.
package struct EventQuery: Sendable, Hashable {
    /// The row of the job.
    package var job: Int64
    /// Only the events of this attempt.
    package var attempt: Int?
    /// Only events that have a detail.
    package var hasDetail: Bool
    /// The most events; the newest are read.
    package let limit: Int

    /// The most events that anybody reads of one job.
    package static let limitMax = 1_000

    package init(
        _ job: Int64, attempt: Int? = nil, hasDetail: Bool = false, limit: Int = limitMax
    ) {
        self.job = job
        self.attempt = attempt
        self.hasDetail = hasDetail
        self.limit = min(max(limit, 1), Self.limitMax)
    }
}

/// The end of a job's history.
package struct EventPage: Sendable, Hashable {
    /// The newest events, oldest first.
    package let events: [JobEventRecord]
    /// How many older ones there are.
    package let earlier: Int

    package init(events: [JobEventRecord], earlier: Int) {
        self.events = events
        self.earlier = earlier
    }
}
