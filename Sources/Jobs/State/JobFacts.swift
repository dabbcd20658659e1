/// The facts about a job that decisions depend on.
package struct JobFacts: Sendable, Hashable {
    package var state: JobState
    package var operation: JobOperation
    /// How often the job was sent or may have been sent.
    package var attempt: Int
    /// Failures in a row that kept it from starting.
    ///
    /// Those before Komodo could be asked are forgotten when an attempt is accepted; those of
    /// attempts that were accepted and then did not start are not.
    package var failures: Int
    package var isCancelRequested: Bool
    package var waitsForHealth: Bool
    /// Whether a run that failed in Komodo is repeated.
    package var retriesFailure: Bool
    /// Runs that Komodo says failed and after which the job went on.
    package var failedRuns: Int
    /// Whether an earlier request counts as never started, so that Komodo may yet get it.
    package var isDoubted: Bool
    /// Whether Komodo ever accepted an attempt.
    package var remote: RemoteReference?
    /// Whether the job has its lane, even while it is pending or after its deadline.
    package var holdsLane: Bool

    package init(
        state: JobState, operation: JobOperation, attempt: Int = 0, failures: Int = 0,
        isCancelRequested: Bool = false, waitsForHealth: Bool = false,
        retriesFailure: Bool = false, failedRuns: Int = 0, isDoubted: Bool = false,
        remote: RemoteReference? = nil, holdsLane: Bool = false
    ) {
        self.state = state
        self.operation = operation
        self.attempt = attempt
        self.failures = failures
        self.isCancelRequested = isCancelRequested
        self.waitsForHealth = waitsForHealth
        self.retriesFailure = retriesFailure
        self.failedRuns = failedRuns
        self.isDoubted = isDoubted
        self.remote = remote
        self.holdsLane = holdsLane
    }
}
