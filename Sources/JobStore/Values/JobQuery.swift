package import Jobs

/// Which jobs a list shows, newest first.
package struct JobQuery: Sendable, Hashable {
    package var statuses: Set<JobStatus>
    package var phase: JobPhase?
    package var operation: JobOperation?
    /// A target's name or id.
    package var target: String?
    package var instance: String?
    /// Who asked for the job.
    package var principal: String?
    package var since: Timestamp?
    package var limit: Int
    /// The `next` of the page before.
    package var before: Int64?

    package static let limitMax = 1_000

    package init(
        statuses: Set<JobStatus> = [], phase: JobPhase? = nil, operation: JobOperation? = nil,
        target: String? = nil, instance: String? = nil, principal: String? = nil,
        since: Timestamp? = nil, limit: Int = 50, before: Int64? = nil
    ) {
        self.statuses = statuses
        self.phase = phase
        self.operation = operation
        self.target = target
        self.instance = instance
        self.principal = principal
        self.since = since
        self.limit = min(max(limit, 1), Self.limitMax)
        self.before = before
    }
}

/// One page of a list; paging by row keeps pages stable while jobs are added.
package struct JobPage: Sendable, Hashable {
    package var jobs: [JobRecord]
    /// Where the next page begins; nil on the last one.
    package var next: Int64?
}
