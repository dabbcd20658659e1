/// The ends that take more than their name: those without knowledge, and those that must not say
/// that nothing ran.
extension JobStateMachine {
    /// An end of which its phase says that nothing ran.
    ///
    /// After a run that failed it would not be true: then that failure is the end, and `error` tells
    /// why it was not repeated.
    func endWithoutRun(
        _ facts: JobFacts, _ state: JobState, _ reason: String, attempt: Int? = nil,
        failures: Int? = nil, error: JobError? = nil
    ) -> Transition {
        guard facts.failedRuns > 0 else {
            return Transition(
                facts, to: state, reason: reason, attempt: attempt, failures: failures, error: error
            )
        }
        let why = error?.message ?? "its cancellation was asked for."
        return Transition(
            facts, to: .failed(.remoteFailed), reason: reason, attempt: attempt, failures: failures,
            error: JobError(.executionError, "It failed in Komodo and was not repeated: \(why)"))
    }

    /// The end of a job that is cancelled while nothing of it runs.
    func cancelledUnsent(_ facts: JobFacts, attempt: Int? = nil) -> Transition {
        endWithoutRun(facts, .cancelled(.beforeSend), "cancel_requested", attempt: attempt)
    }

    /// An end without knowledge.
    func unknown(
        _ facts: JobFacts, _ reason: String, _ message: String, attempt: Int? = nil,
        candidates: [String] = []
    ) -> Transition {
        Transition(
            facts, to: .failed(.outcomeUnknown), reason: reason, attempt: attempt,
            error: JobError(.outcomeUnknown, message), candidates: candidates)
    }

    /// What is found of a submission whose answer was lost is the job from then on.
    func adoption(
        _ facts: JobFacts, _ reference: RemoteReference, attempt: Int? = nil
    ) -> Transition {
        Transition(
            facts, to: .running(.accepted), reason: "evidence_found", attempt: attempt,
            failures: facts.failures(whenAcceptedAs: attempt ?? facts.attempt), remote: reference)
    }

    /// Several runs can be the one whose answer was lost.
    func ambiguity(
        _ facts: JobFacts, _ candidates: [String], attempt: Int? = nil
    ) -> Transition {
        unknown(
            facts, "evidence_ambiguous",
            "Several updates in Komodo could be this job; adopt one with 'resolve --adopt'.",
            attempt: attempt, candidates: candidates)
    }

    /// Where the run would be cannot be looked at.
    func unreadable(_ facts: JobFacts, _ error: JobError, attempt: Int? = nil) -> Transition {
        unknown(
            facts, "evidence_unreadable",
            "The answer was lost, and whether it ran cannot be told: " + error.message,
            attempt: attempt)
    }

    /// A busy target proves nothing about a job that may be what it is busy with.
    func busyInDoubt(_ facts: JobFacts, attempt: Int? = nil) -> Transition {
        unknown(
            facts, "busy_in_doubt",
            "The first answer was lost, and now that it is to be sent again the target is at work: "
                + "perhaps with this very job. Look at it, then use 'resolve --adopt', '--retry' "
                + "or '--fail'.", attempt: attempt)
    }
}
