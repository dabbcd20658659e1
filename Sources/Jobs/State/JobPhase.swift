/// Why a job has its status; each phase belongs to one status.
package enum JobPhase: String, Sendable, Hashable, CaseIterable {
    /// Pending until its `run_at`.
    case scheduled
    /// Pending and due.
    case queued
    /// Pending behind a job that it depends on.
    case blocked
    /// Pending until the budget or Komodo's own limit allows a request.
    case throttled
    /// Pending behind another job on the same target, or for credentials to be mended.
    case held
    /// Pending until Komodo is tried again.
    case backoff

    /// A worker owns the job; nothing was sent.
    case claimed
    /// The request may be on its way; on disk before a byte leaves.
    case sending
    /// Nobody knows whether Komodo got the request; evidence is being collected.
    case reconciling

    /// Komodo accepted the request.
    case accepted
    /// Komodo reported it in progress.
    case inProgress = "in_progress"
    /// Komodo is done; the target is watched until it is healthy.
    case verifying
    /// Komodo was asked to cancel it.
    case cancelling
    /// Komodo cannot be reached; the operation may go on there.
    case unreachable

    /// Komodo or this program refused the request; nothing ran.
    case rejected
    /// The job could not be sent within its start window; nothing ran.
    case expired
    /// Komodo says that it failed.
    case remoteFailed = "remote_failed"
    /// Komodo was restarted meanwhile; nobody knows how it ended.
    case remoteInterrupted = "remote_interrupted"
    /// We stopped waiting; Komodo may still be working.
    case deadline
    /// Too many attempts failed before anything ran.
    case exhausted
    /// It cannot be found out whether the operation ran.
    case outcomeUnknown = "outcome_unknown"
    /// Undoing the job failed.
    case compensationFailed = "compensation_failed"

    /// Cancelled before anything was sent or started.
    case beforeSend = "before_send"
    /// Komodo cancelled it.
    case remoteCancelled = "remote_cancelled"
    /// A job that it depended on did not succeed.
    case dependency
    /// Its plan was cancelled.
    case plan
}
