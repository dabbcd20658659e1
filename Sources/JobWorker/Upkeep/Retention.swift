package import JobStore
package import Jobs

/// How long finished jobs of an instance, and their logs, are kept.
package struct Retention: Sendable, Hashable {
    /// nil for ever.
    package var jobs: Duration?
    /// nil for as long as their jobs.
    package var logs: Duration?
    /// Whose jobs; nil for all of the database.
    package var instance: String?

    package init(jobs: Duration? = nil, logs: Duration? = nil, instance: String? = nil) {
        self.jobs = jobs
        self.logs = logs
        self.instance = instance
    }

    /// What is removed now; nil when everything is kept.
    package func rule(at now: Timestamp) -> PruneRule? {
        guard jobs != nil || logs != nil else { return nil }
        return PruneRule(
            jobsEndedBefore: jobs.map { now - $0 }, logsEndedBefore: logs.map { now - $0 },
            instance: instance)
    }
}
