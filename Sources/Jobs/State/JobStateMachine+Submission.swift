extension JobStateMachine {
    /// What the end of a submission does to a job whose request may have left.
    func submission(_ facts: JobFacts, _ outcome: SubmissionOutcome, _ random: UInt64) -> Decision {
        switch outcome {
        case .accepted(let reference):
            .apply(
                Transition(
                    facts, to: .running(.accepted), reason: "accepted",
                    failures: facts.failures(whenAcceptedAs: facts.attempt), remote: reference))
        case .concluded(let reference, let end):
            .apply(conclusion(facts.accepted(as: reference), end, random))
        case .ambiguous(let error):
            .apply(
                Transition(
                    facts, to: .starting(.reconciling), reason: "answer_lost", error: error))
        case .rejected(let error):
            .apply(endWithoutRun(facts, .failed(.rejected), "rejected", error: error))
        case .undelivered, .throttled, .unauthorized, .unavailable, .busy, .withheld:
            unsentSubmission(facts, outcome, random)
        }
    }

    /// What the end of a submission does when Komodo provably ran nothing.
    func unsentSubmission(
        _ facts: JobFacts, _ outcome: SubmissionOutcome, _ random: UInt64
    ) -> Decision {
        switch outcome {
        case .accepted, .concluded, .ambiguous: return .ignore
        case .undelivered, .rejected, .throttled, .unauthorized, .unavailable, .busy, .withheld:
            break
        }
        if case .busy = outcome, facts.isDoubted {
            return .apply(busyInDoubt(facts, attempt: facts.attempt - 1))
        }
        if facts.isCancelRequested {
            return .apply(cancelledUnsent(facts, attempt: facts.attempt - 1))
        }
        switch outcome {
        case .undelivered(let error):
            return .apply(backoff(facts, "undelivered", error, random))
        case .unavailable(let error):
            return .apply(backoff(facts, "unavailable", error, random))
        case .throttled(let error, let retryAfter):
            return .apply(
                unsent(
                    facts, .throttled, "throttled", wait: retryAfter ?? Self.throttledWait,
                    error: error))
        case .unauthorized(let error):
            return .apply(
                unsent(facts, .held, "key_refused", wait: Self.refusedKeyWait, error: error))
        case .busy(let error):
            return .apply(backoff(facts, "busy", error, random, phase: .held))
        case .withheld: return .apply(unsent(facts, .queued, "withheld"))
        case .rejected(let error):
            return .apply(
                endWithoutRun(
                    facts, .failed(.rejected), "rejected", attempt: facts.attempt - 1,
                    error: error))
        case .accepted, .concluded, .ambiguous: return .ignore
        }
    }

    /// How a job continues after its operation ended in Komodo.
    func conclusion(_ facts: JobFacts, _ outcome: RemoteOutcome, _ random: UInt64) -> Transition {
        switch outcome {
        case .succeeded:
            let verifies =
                facts.waitsForHealth && facts.operation.spec.canVerifyHealth
                && !facts.isCancelRequested
            return Transition(
                facts, to: verifies ? .running(.verifying) : .success, reason: "succeeded")
        case .failed(let error):
            return failed(facts, error, random)
        case .interrupted(let error):
            return Transition(
                facts, to: .failed(.remoteInterrupted), reason: "remote_interrupted", error: error)
        case .unknown(let error):
            return Transition(
                facts, to: .failed(.outcomeUnknown), reason: "no_trace", error: error)
        case .cancelled(let error):
            return Transition(
                facts, to: .cancelled(.remoteCancelled), reason: "remote_cancelled", error: error)
        case .busy(let error), .notStarted(let error):
            return nothingRan(facts, outcome, error, random)
        }
    }

    /// A failure is the end, unless the caller wants it tried again and there is a try left.
    private func failed(
        _ facts: JobFacts, _ error: JobError, _ random: UInt64
    ) -> Transition {
        let failedRuns = facts.failedRuns + 1
        let reason = Transition.failedRunReason
        guard facts.retriesFailure, !facts.isCancelRequested, failedRuns <= retry.countMax else {
            return Transition(facts, to: .failed(.remoteFailed), reason: reason, error: error)
        }
        // This run has begun and ended, and whoever read its end has looked for an earlier one.
        return Transition(
            facts, to: .pending(.backoff), reason: reason,
            wait: retry.wait(failures: failedRuns, random: random), error: error, doubt: .settle)
    }

    private func nothingRan(
        _ facts: JobFacts, _ outcome: RemoteOutcome, _ error: JobError, _ random: UInt64
    ) -> Transition {
        let failures = facts.failures + 1
        let isBusy = outcome == .busy(error)
        if facts.isCancelRequested {
            return isBusy && facts.isDoubted ? busyInDoubt(facts) : cancelledUnsent(facts)
        }
        // A busy target becomes free; a server that is down may not. The start window bounds both.
        if !isBusy, failures > retry.countMax {
            return endWithoutRun(
                facts, .failed(.exhausted), "exhausted", failures: failures, error: error)
        }
        return Transition(
            facts, to: .pending(.backoff), reason: outcome.word, failures: failures,
            wait: retry.wait(failures: failures, random: random), error: error)
    }

    /// How a job continues once it is clear that the submission never reached Komodo.
    func neverStarted(_ facts: JobFacts, _ random: UInt64) -> Transition {
        if facts.operation.spec.isFollowedByState {
            return unknown(
                facts, "evidence_absent",
                "The answer was lost, and Komodo keeps no record of a run that changes nothing: "
                    + "check the target, then use 'resolve --retry' or 'resolve --fail'.")
        }
        switch facts.operation.spec.resend {
        case .automatic where facts.isCancelRequested: return cancelledUnsent(facts)
        case .automatic:
            return Transition(
                facts, to: .pending(.queued), reason: "never_started",
                failures: facts.failures + 1, doubt: .begin)
        // What is not sure enough to send it again is not sure enough to call it cancelled.
        case .ask:
            return unknown(
                facts, "evidence_absent",
                "The answer was lost and no run appeared in Komodo. It is not sent again by "
                    + "itself, because it runs your own code: check, then use 'resolve --retry' or "
                    + "'resolve --fail'.")
        }
    }

    /// Back to pending without having used up the attempt.
    func unsent(
        _ facts: JobFacts, _ phase: JobPhase, _ reason: String, wait: Duration? = nil,
        error: JobError? = nil
    ) -> Transition {
        Transition(
            facts, to: .pending(phase), reason: reason, attempt: facts.attempt - 1, wait: wait,
            error: error)
    }

    /// Back to pending for a while, because Komodo could not be asked.
    func backoff(
        _ facts: JobFacts, _ reason: String, _ error: JobError, _ random: UInt64,
        phase: JobPhase = .backoff
    ) -> Transition {
        Transition(
            facts, to: .pending(phase), reason: reason, attempt: facts.attempt - 1,
            failures: facts.failures + 1,
            wait: retry.wait(failures: facts.failures + 1, random: random), error: error)
    }

    /// The end of waiting: not an end of the operation, unless Komodo had already finished it.
    func overdue(_ facts: JobFacts, whileVerifying: Bool) -> Transition {
        let message =
            whileVerifying
            ? "Komodo finished, but the target did not become healthy in time."
            : "We stopped waiting; Komodo may still be working."
        return Transition(
            facts, to: .failed(.deadline), reason: "deadline_passed",
            error: JobError(.timeoutError, message), lane: whileVerifying ? .release : .keep,
            keepsLease: !whileVerifying)
    }
}

extension JobFacts {
    /// The attempts before this one that came to nothing in Komodo; failures to get there at all
    /// are over.
    func failures(whenAcceptedAs attempt: Int) -> Int { max(0, attempt - 1 - failedRuns) }

    func accepted(as reference: RemoteReference) -> JobFacts {
        var facts = self
        facts.failures = failures(whenAcceptedAs: attempt)
        facts.remote = reference
        return facts
    }
}

extension RemoteOutcome {
    /// The outcome in one word, for the event log.
    package var word: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .busy: "busy"
        case .notStarted: "not_started"
        case .cancelled: "cancelled"
        case .interrupted: "interrupted"
        case .unknown: "unknown"
        }
    }
}
