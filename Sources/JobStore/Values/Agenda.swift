package import Jobs

/// What there is to do for a worker, as one look at the database saw it.
package struct Agenda: Sendable, Hashable {
    /// Whether due jobs wait for the worker.
    package var hasDueJobs: Bool
    /// Whether the moment of a job that waits has come, or the wall clock was set back.
    package var needsTick: Bool
    /// Whether jobs may have no owner that lives.
    package var mayInherit: Bool
    /// Whether running jobs of the worker are to be cancelled and Komodo was not told yet.
    package var hasCancels: Bool
    /// What is known about the worker's key.
    package var credential: Credential?
    /// The budget of the worker's instance.
    package var budget: TokenBucket

    /// How many submissions of `requestsEach` requests the budget has tokens for; nothing is taken.
    ///
    /// - Parameter now: the clock since boot, in milliseconds.
    package func submissionsAffordable(
        requestsEach: Int, at now: Int64, _ limits: TokenBucket.Limits
    ) -> Int {
        budget.submissionsAffordable(at: now, limits) / max(1, requestsEach)
    }
}
