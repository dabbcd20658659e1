/// Something that happened to a job, named in the past tense.
package enum JobEvent: Sendable, Hashable {
    /// A worker took it.
    case claimed
    /// The worker put it back before anything was sent, for example to shut down.
    case released
    /// The lane belongs to another job.
    case laneFoundBusy
    /// The shared budget had no token left.
    case budgetExhausted(wait: Duration)
    /// The intent to send is on disk.
    case intentRecorded
    /// The target's name could not be looked up, because Komodo could not be asked.
    case targetUnresolved(JobError)
    /// The target does not exist, or the caller may not see it.
    case targetRefused(JobError)
    /// The submission came to an end, one way or another.
    case submitted(SubmissionOutcome)
    /// The process that owned the job is gone.
    case ownerLost
    /// Exactly one update can be ours.
    case evidenceFound(RemoteReference)
    /// Several updates can be ours.
    case evidenceAmbiguous(candidates: [String])
    /// No update of ours appeared during the whole grace period.
    case evidenceAbsent
    /// The update is in progress.
    case progressed
    /// The update is complete.
    case concluded(RemoteOutcome)
    /// The update was accepted but may not be read.
    case becameUnreadable(JobError)
    /// Komodo cannot be reached while the operation runs there.
    case becameUnreachable
    /// The target became healthy.
    case becameHealthy
    /// The target did not become healthy.
    case becameUnhealthy(JobError)
    /// Somebody asked for cancellation.
    case cancelRequested
    /// Komodo took our request to cancel.
    case cancelDelivered
    /// Nothing could be sent within the start window.
    case startWindowClosed
    /// The job's own time ran out.
    case deadlinePassed
}
