/// A change of a job as a value.
///
/// Only the store writes it, and only while the writer still owns the job.
package struct Transition: Sendable, Hashable {
    /// What happens to the job's hold on its lane.
    package enum Lane: Sendable, Hashable { case keep, release }
    /// What happens to the doubt whether an earlier request may yet begin.
    package enum Doubt: Sendable, Hashable { case keep, begin, settle }

    /// The reason of a failed run after which the job goes on; how often it stands in the history
    /// is ``JobFacts/failedRuns``.
    package static let failedRunReason = "remote_failed"

    package let to: JobState
    /// The word in the event log.
    package let reason: String
    package var attempt: Int
    package var failures: Int
    /// When a pending job becomes due again; nil means at once or never, as its phase says.
    package var wait: Duration?
    package var remote: RemoteReference?
    package var error: JobError?
    package var lane: Lane
    package var doubt: Doubt
    /// Whether the owner keeps the job.
    package var keepsLease: Bool
    /// Update ids that could be ours, when nobody can tell.
    package var candidates: [String]

    package init(
        _ facts: JobFacts, to state: JobState, reason: String, attempt: Int? = nil,
        failures: Int? = nil, wait: Duration? = nil, remote: RemoteReference? = nil,
        error: JobError? = nil, lane: Lane? = nil, doubt: Doubt = .keep, keepsLease: Bool? = nil,
        candidates: [String] = []
    ) {
        self.to = state
        self.reason = reason
        self.attempt = attempt ?? facts.attempt
        self.failures = failures ?? facts.failures
        self.wait = wait
        self.remote = remote ?? facts.remote
        self.error = error
        self.lane = lane ?? (state.isTerminal ? .release : .keep)
        self.doubt = doubt
        self.candidates = candidates
        switch state {
        case .pending, .success, .failed, .cancelled: self.keepsLease = keepsLease ?? false
        case .starting, .running: self.keepsLease = keepsLease ?? true
        }
    }
}

/// What to do about an event.
package enum Decision: Sendable, Hashable {
    case apply(Transition)
    /// Remember that cancellation was asked for; the state stays.
    case noteCancel
    /// Write the event to the log; the state stays.
    case note(reason: String)
    /// Write it to the log, and give up the lane and the lease; the state stays.
    case settle(reason: String)
    /// The event means nothing in this state.
    case ignore
}
