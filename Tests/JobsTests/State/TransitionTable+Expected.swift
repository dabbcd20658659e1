/// The transition relation as it is meant to be; every change of a rule shows here.
extension TransitionTable {
    /// A deployment in its third attempt, nothing else being the matter.
    static let expected = """
        pending/scheduled
          cancelRequested = cancelled/before_send (cancel_requested)
          startWindowClosed = failed/expired, TIMEOUT_ERROR (start_window_closed)
        pending/queued
          claimed = starting/claimed, try+1 (claimed)
          cancelRequested = cancelled/before_send (cancel_requested)
          startWindowClosed = failed/expired, TIMEOUT_ERROR (start_window_closed)
        pending/blocked
          cancelRequested = cancelled/before_send (cancel_requested)
        pending/throttled
          cancelRequested = cancelled/before_send (cancel_requested)
          startWindowClosed = failed/expired, TIMEOUT_ERROR (start_window_closed)
        pending/held
          cancelRequested = cancelled/before_send (cancel_requested)
        pending/backoff
          cancelRequested = cancelled/before_send (cancel_requested)
          startWindowClosed = failed/expired, TIMEOUT_ERROR (start_window_closed)
        starting/claimed
          released = pending/queued, try-1 (released)
          laneFoundBusy = pending/held, try-1 (lane_busy)
          budgetExhausted = pending/throttled, try-1, wait 3 s (budget_exhausted)
          intentRecorded = starting/sending (intent_recorded)
          targetUnresolved = pending/backoff, try-1, fails=8, wait 30 s, error (target_unresolved)
          targetRefused = failed/rejected, try-1, error (target_refused)
          sent.undelivered = pending/backoff, try-1, fails=8, wait 30 s, error (undelivered)
          sent.rejected = failed/rejected, try-1, error (rejected)
          sent.throttledFor = pending/throttled, try-1, wait 7 s, error (throttled)
          sent.throttled = pending/throttled, try-1, wait 15 s, error (throttled)
          sent.unauthorized = pending/held, try-1, wait 30 s, error (key_refused)
          sent.unavailable = pending/backoff, try-1, fails=8, wait 30 s, error (unavailable)
          sent.busy = pending/held, try-1, fails=8, wait 30 s, error (busy)
          sent.withheld = pending/queued, try-1 (withheld)
          ownerLost = pending/queued, try-1 (owner_lost)
          cancelRequested = cancelled/before_send, try-1 (cancel_requested)
        starting/sending
          sent.accepted = running/accepted, fails=2 (accepted)
          sent.acceptedWithoutID = running/accepted, fails=2 (accepted)
          sent.ended.succeeded = success, fails=2 (succeeded)
          sent.ended.failed = failed/remote_failed, fails=2, error (remote_failed)
          sent.ended.busy = pending/backoff, fails=3, wait 2 s, error (busy)
          sent.ended.notStarted = pending/backoff, fails=3, wait 2 s, error (not_started)
          sent.ended.cancelled = cancelled/remote_cancelled, fails=2, error (remote_cancelled)
          sent.ended.interrupted = failed/remote_interrupted, fails=2, error (remote_interrupted)
          sent.ended.unknown = failed/outcome_unknown, fails=2, error (no_trace)
          sent.undelivered = pending/backoff, try-1, fails=8, wait 30 s, error (undelivered)
          sent.rejected = failed/rejected, error (rejected)
          sent.throttledFor = pending/throttled, try-1, wait 7 s, error (throttled)
          sent.throttled = pending/throttled, try-1, wait 15 s, error (throttled)
          sent.unauthorized = pending/held, try-1, wait 30 s, error (key_refused)
          sent.unavailable = pending/backoff, try-1, fails=8, wait 30 s, error (unavailable)
          sent.busy = pending/held, try-1, fails=8, wait 30 s, error (busy)
          sent.ambiguous = starting/reconciling, error (answer_lost)
          sent.withheld = pending/queued, try-1 (withheld)
          ownerLost = starting/reconciling (owner_lost)
          cancelRequested = same, cancel noted
        starting/reconciling
          targetRefused = failed/outcome_unknown, OUTCOME_UNKNOWN (evidence_unreadable)
          ownerLost = starting/reconciling (owner_lost)
          evidenceFound = running/accepted, fails=2 (evidence_found)
          evidenceAmbiguous = failed/outcome_unknown, OUTCOME_UNKNOWN (evidence_ambiguous)
          evidenceAbsent = pending/queued, fails=8 (never_started)
          cancelRequested = same, cancel noted
        running/accepted
          progressed = running/in_progress (progressed)
          concluded.succeeded = success (succeeded)
          concluded.failed = failed/remote_failed, error (remote_failed)
          concluded.busy = pending/backoff, fails=3, wait 2 s, error (busy)
          concluded.notStarted = pending/backoff, fails=3, wait 2 s, error (not_started)
          concluded.cancelled = cancelled/remote_cancelled, error (remote_cancelled)
          concluded.interrupted = failed/remote_interrupted, error (remote_interrupted)
          concluded.unknown = failed/outcome_unknown, error (no_trace)
          becameUnreadable = failed/remote_failed, error (unreadable)
          becameUnreachable = running/unreachable (unreachable)
          cancelRequested = same, cancel noted
          cancelDelivered = running/cancelling (cancel_delivered)
          deadlinePassed = failed/deadline, keeps lane, TIMEOUT_ERROR (deadline_passed)
        running/in_progress
          concluded.succeeded = success (succeeded)
          concluded.failed = failed/remote_failed, error (remote_failed)
          concluded.busy = pending/backoff, fails=3, wait 2 s, error (busy)
          concluded.notStarted = pending/backoff, fails=3, wait 2 s, error (not_started)
          concluded.cancelled = cancelled/remote_cancelled, error (remote_cancelled)
          concluded.interrupted = failed/remote_interrupted, error (remote_interrupted)
          concluded.unknown = failed/outcome_unknown, error (no_trace)
          becameUnreadable = failed/remote_failed, error (unreadable)
          becameUnreachable = running/unreachable (unreachable)
          cancelRequested = same, cancel noted
          cancelDelivered = running/cancelling (cancel_delivered)
          deadlinePassed = failed/deadline, keeps lane, TIMEOUT_ERROR (deadline_passed)
        running/verifying
          becameHealthy = success (healthy)
          becameUnhealthy = failed/remote_failed, error (unhealthy)
          cancelRequested = success (verification_cancelled)
          deadlinePassed = failed/deadline, TIMEOUT_ERROR (deadline_passed)
        running/cancelling
          concluded.succeeded = success (succeeded)
          concluded.failed = failed/remote_failed, error (remote_failed)
          concluded.busy = pending/backoff, fails=3, wait 2 s, error (busy)
          concluded.notStarted = pending/backoff, fails=3, wait 2 s, error (not_started)
          concluded.cancelled = cancelled/remote_cancelled, error (remote_cancelled)
          concluded.interrupted = failed/remote_interrupted, error (remote_interrupted)
          concluded.unknown = failed/outcome_unknown, error (no_trace)
          becameUnreadable = failed/remote_failed, error (unreadable)
          cancelRequested = same, cancel noted
          deadlinePassed = failed/deadline, keeps lane, TIMEOUT_ERROR (deadline_passed)
        running/unreachable
          progressed = running/in_progress (progressed)
          concluded.succeeded = success (succeeded)
          concluded.failed = failed/remote_failed, error (remote_failed)
          concluded.busy = pending/backoff, fails=3, wait 2 s, error (busy)
          concluded.notStarted = pending/backoff, fails=3, wait 2 s, error (not_started)
          concluded.cancelled = cancelled/remote_cancelled, error (remote_cancelled)
          concluded.interrupted = failed/remote_interrupted, error (remote_interrupted)
          concluded.unknown = failed/outcome_unknown, error (no_trace)
          becameUnreadable = failed/remote_failed, error (unreadable)
          cancelRequested = same, cancel noted
          cancelDelivered = running/cancelling (cancel_delivered)
          deadlinePassed = failed/deadline, keeps lane, TIMEOUT_ERROR (deadline_passed)
        failed/deadline
          concluded.succeeded = same, settled late_outcome_succeeded
          concluded.failed = same, settled late_outcome_failed
          concluded.busy = same, settled late_outcome_busy
          concluded.notStarted = same, settled late_outcome_not_started
          concluded.cancelled = same, settled late_outcome_cancelled
          concluded.interrupted = same, settled late_outcome_interrupted
          concluded.unknown = same, settled late_outcome_unknown
          becameUnreadable = same, settled late_outcome_unreadable
        """

    /// What differs once cancellation was asked for.
    static let expectedWhenCancelled = """
        starting/claimed
          sent.undelivered = cancelled/before_send, try-1 (cancel_requested)
          sent.rejected = cancelled/before_send, try-1 (cancel_requested)
          sent.throttledFor = cancelled/before_send, try-1 (cancel_requested)
          sent.throttled = cancelled/before_send, try-1 (cancel_requested)
          sent.unauthorized = cancelled/before_send, try-1 (cancel_requested)
          sent.unavailable = cancelled/before_send, try-1 (cancel_requested)
          sent.busy = cancelled/before_send, try-1 (cancel_requested)
          sent.withheld = cancelled/before_send, try-1 (cancel_requested)
        starting/sending
          sent.ended.busy = cancelled/before_send, fails=2 (cancel_requested)
          sent.ended.notStarted = cancelled/before_send, fails=2 (cancel_requested)
          sent.undelivered = cancelled/before_send, try-1 (cancel_requested)
          sent.throttledFor = cancelled/before_send, try-1 (cancel_requested)
          sent.throttled = cancelled/before_send, try-1 (cancel_requested)
          sent.unauthorized = cancelled/before_send, try-1 (cancel_requested)
          sent.unavailable = cancelled/before_send, try-1 (cancel_requested)
          sent.busy = cancelled/before_send, try-1 (cancel_requested)
          sent.withheld = cancelled/before_send, try-1 (cancel_requested)
        starting/reconciling
          evidenceAbsent = cancelled/before_send (cancel_requested)
        running/accepted
          concluded.busy = cancelled/before_send (cancel_requested)
          concluded.notStarted = cancelled/before_send (cancel_requested)
        running/in_progress
          concluded.busy = cancelled/before_send (cancel_requested)
          concluded.notStarted = cancelled/before_send (cancel_requested)
        running/cancelling
          concluded.busy = cancelled/before_send (cancel_requested)
          concluded.notStarted = cancelled/before_send (cancel_requested)
        running/unreachable
          concluded.busy = cancelled/before_send (cancel_requested)
          concluded.notStarted = cancelled/before_send (cancel_requested)
        """

    /// What differs for operations that run the user's own code.
    static let expectedOfOwnCode = """
        starting/reconciling
          evidenceAbsent = failed/outcome_unknown, OUTCOME_UNKNOWN (evidence_absent)
        """

    /// What differs for operations that may leave no trace, cancelled or not.
    static let expectedWithoutTrace = """
        starting/reconciling
          evidenceAbsent = failed/outcome_unknown, OUTCOME_UNKNOWN (evidence_absent)
        """

    /// What differs when the target is to be healthy in the end.
    static let expectedWithHealth = """
        starting/sending
          sent.ended.succeeded = running/verifying, fails=2 (succeeded)
        running/accepted
          concluded.succeeded = running/verifying (succeeded)
        running/in_progress
          concluded.succeeded = running/verifying (succeeded)
        running/cancelling
          concluded.succeeded = running/verifying (succeeded)
        running/unreachable
          concluded.succeeded = running/verifying (succeeded)
        """

    /// What differs when a run that failed is to be repeated.
    static let expectedWithRetries = """
        starting/sending
          sent.ended.failed = pending/backoff, fails=2, wait 0 s, error (remote_failed)
        running/accepted
          concluded.failed = pending/backoff, wait 0 s, error (remote_failed)
        running/in_progress
          concluded.failed = pending/backoff, wait 0 s, error (remote_failed)
        running/cancelling
          concluded.failed = pending/backoff, wait 0 s, error (remote_failed)
        running/unreachable
          concluded.failed = pending/backoff, wait 0 s, error (remote_failed)
        """

    /// What differs while an earlier request may yet begin.
    static let expectedInDoubt = """
        starting/claimed
          targetRefused = failed/outcome_unknown, try-1, OUTCOME_UNKNOWN (evidence_unreadable)
          sent.busy = failed/outcome_unknown, try-1, OUTCOME_UNKNOWN (busy_in_doubt)
          evidenceFound = running/accepted, try-1, fails=1 (evidence_found)
          evidenceAmbiguous = failed/outcome_unknown, try-1, OUTCOME_UNKNOWN (evidence_ambiguous)
        starting/sending
          sent.busy = failed/outcome_unknown, try-1, OUTCOME_UNKNOWN (busy_in_doubt)
        """

    /// What differs after a run that failed: no end says that nothing ran.
    static let expectedAfterAFailedRun = """
        pending/scheduled
          cancelRequested = failed/remote_failed, EXECUTION_ERROR (cancel_requested)
          startWindowClosed = failed/remote_failed, EXECUTION_ERROR (start_window_closed)
        pending/queued
          cancelRequested = failed/remote_failed, EXECUTION_ERROR (cancel_requested)
          startWindowClosed = failed/remote_failed, EXECUTION_ERROR (start_window_closed)
        pending/blocked
          cancelRequested = failed/remote_failed, EXECUTION_ERROR (cancel_requested)
        pending/throttled
          cancelRequested = failed/remote_failed, EXECUTION_ERROR (cancel_requested)
          startWindowClosed = failed/remote_failed, EXECUTION_ERROR (start_window_closed)
        pending/held
          cancelRequested = failed/remote_failed, EXECUTION_ERROR (cancel_requested)
        pending/backoff
          cancelRequested = failed/remote_failed, EXECUTION_ERROR (cancel_requested)
          startWindowClosed = failed/remote_failed, EXECUTION_ERROR (start_window_closed)
        starting/claimed
          targetRefused = failed/remote_failed, try-1, EXECUTION_ERROR (target_refused)
          sent.rejected = failed/remote_failed, try-1, EXECUTION_ERROR (rejected)
          cancelRequested = failed/remote_failed, try-1, EXECUTION_ERROR (cancel_requested)
        starting/sending
          sent.rejected = failed/remote_failed, EXECUTION_ERROR (rejected)
        """

    /// What differs after the last try of an operation that does not start.
    static let expectedWhenTired = """
        running/accepted
          concluded.notStarted = failed/exhausted, fails=4, error (exhausted)
        running/in_progress
          concluded.notStarted = failed/exhausted, fails=4, error (exhausted)
        running/cancelling
          concluded.notStarted = failed/exhausted, fails=4, error (exhausted)
        running/unreachable
          concluded.notStarted = failed/exhausted, fails=4, error (exhausted)
        """
}
