package import JobStore
package import Jobs

/// How long finished jobs and their logs are kept.
package struct Retention: Sendable, Hashable {
    /// nil for ever.
    package var jobs: Duration?
    /// nil for as long as their jobs.
    package var logs: Duration?

    package init(jobs: Duration? = nil, logs: Duration? = nil) {
        self.jobs = jobs
        self.logs = logs
    }

    /// What is removed now; nil when everything is kept.
    package func rule(at now: Timestamp) -> PruneRule? {
        guard jobs != nil || logs != nil else { return nil }
        return PruneRule(
            jobsEndedBefore: jobs.map { now - $0 }, logsEndedBefore: logs.map { now - $0 })
    }
}
