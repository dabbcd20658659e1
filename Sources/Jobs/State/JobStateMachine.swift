/// What may happen to a job next: pure decisions over facts and events.
///
/// One function per status, each listing every event, so that a new event does not compile until
/// every status has an answer to it.
package struct JobStateMachine: Sendable {
    package let retry: RetryPolicy
    /// How long a job waits after its key was refused, or when Komodo asks for patience without
    /// saying how much; real Komodo locks an address out for 15 s.
    package static let refusedKeyWait: Duration = .seconds(30)
    package static let throttledWait: Duration = .seconds(15)

    package init(retry: RetryPolicy = RetryPolicy()) {
        self.retry = retry
    }

    /// Decides what `event` does to a job.
    ///
    /// - Parameter random: 64 random bits for the jitter of waits.
    package func decide(_ facts: JobFacts, _ event: JobEvent, random: UInt64) -> Decision {
        switch facts.state {
        case .pending(let phase): pending(facts, phase, event)
        case .starting(.claimed): claimed(facts, event, random)
        case .starting(.sending): sending(facts, event, random)
        case .starting: reconciling(facts, event, random)
        case .running(let phase): running(facts, phase, event, random)
        case .failed(.deadline): overdue(facts, event)
        case .success, .failed, .cancelled: .ignore
        }
    }

    private func pending(_ facts: JobFacts, _ phase: JobPhase, _ event: JobEvent) -> Decision {
        switch event {
        case .claimed:
            guard phase == .queued else { return .ignore }
            return .apply(
                Transition(
                    facts, to: .starting(.claimed), reason: "claimed", attempt: facts.attempt + 1))
        case .cancelRequested:
            return .apply(cancelledUnsent(facts))
        case .startWindowClosed:
            guard phase != .held, phase != .blocked else { return .ignore }
            return .apply(
                endWithoutRun(
                    facts, .failed(.expired), "start_window_closed",
                    error: JobError(
                        .timeoutError,
                        facts.attempt > 0
                            ? "Not sent again: it could not be started within its start window."
                            : "Never sent: it could not be started within its start window.")))
        case .released, .laneFoundBusy, .budgetExhausted, .intentRecorded, .targetUnresolved,
            .targetRefused, .submitted, .ownerLost, .evidenceFound, .evidenceAmbiguous,
            .evidenceAbsent, .progressed, .concluded, .becameUnreadable, .becameUnreachable,
            .becameHealthy, .becameUnhealthy, .cancelDelivered, .deadlinePassed:
            return .ignore
        }
    }

    private func claimed(_ facts: JobFacts, _ event: JobEvent, _ random: UInt64) -> Decision {
        switch event {
        case .released, .ownerLost:
            return .apply(unsent(facts, .queued, event == .released ? "released" : "owner_lost"))
        case .laneFoundBusy: return .apply(unsent(facts, .held, "lane_busy"))
        case .budgetExhausted(let wait):
            return .apply(unsent(facts, .throttled, "budget_exhausted", wait: wait))
        case .intentRecorded:
            return .apply(Transition(facts, to: .starting(.sending), reason: "intent_recorded"))
        case .targetUnresolved(let error):
            return .apply(backoff(facts, "target_unresolved", error, random))
        case .targetRefused(let error):
            return .apply(
                facts.isDoubted
                    ? unreadable(facts, error, attempt: facts.attempt - 1)
                    : endWithoutRun(
                        facts, .failed(.rejected), "target_refused", attempt: facts.attempt - 1,
                        error: error))
        // What counted as never started showed up before it was sent again.
        case .evidenceFound(let reference) where facts.isDoubted:
            return .apply(adoption(facts, reference, attempt: facts.attempt - 1))
        case .evidenceAmbiguous(let candidates) where facts.isDoubted:
            return .apply(ambiguity(facts, candidates, attempt: facts.attempt - 1))
        case .cancelRequested:
            return .apply(cancelledUnsent(facts, attempt: facts.attempt - 1))
        case .submitted(let outcome): return unsentSubmission(facts, outcome, random)
        case .claimed, .evidenceFound, .evidenceAmbiguous, .evidenceAbsent, .progressed,
            .concluded, .becameUnreadable, .becameUnreachable, .becameHealthy, .becameUnhealthy,
            .cancelDelivered, .startWindowClosed, .deadlinePassed:
            return .ignore
        }
    }

    private func sending(_ facts: JobFacts, _ event: JobEvent, _ random: UInt64) -> Decision {
        switch event {
        case .submitted(let outcome): return submission(facts, outcome, random)
        case .ownerLost:
            return .apply(
                Transition(facts, to: .starting(.reconciling), reason: "owner_lost"))
        case .cancelRequested: return .noteCancel
        case .claimed, .released, .laneFoundBusy, .budgetExhausted, .intentRecorded,
            .targetUnresolved, .targetRefused, .evidenceFound, .evidenceAmbiguous,
            .evidenceAbsent, .progressed, .concluded, .becameUnreadable, .becameUnreachable,
            .becameHealthy, .becameUnhealthy, .cancelDelivered, .startWindowClosed,
            .deadlinePassed:
            return .ignore
        }
    }

    private func reconciling(_ facts: JobFacts, _ event: JobEvent, _ random: UInt64) -> Decision {
        switch event {
        case .evidenceFound(let reference): return .apply(adoption(facts, reference))
        case .evidenceAmbiguous(let candidates): return .apply(ambiguity(facts, candidates))
        case .evidenceAbsent: return .apply(neverStarted(facts, random))
        case .targetRefused(let error): return .apply(unreadable(facts, error))
        case .ownerLost:
            return .apply(
                Transition(facts, to: .starting(.reconciling), reason: "owner_lost"))
        case .cancelRequested: return .noteCancel
        case .claimed, .released, .laneFoundBusy, .budgetExhausted, .intentRecorded,
            .targetUnresolved, .submitted, .progressed, .concluded, .becameUnreadable,
            .becameUnreachable, .becameHealthy, .becameUnhealthy, .cancelDelivered,
            .startWindowClosed, .deadlinePassed:
            return .ignore
        }
    }

    private func running(
        _ facts: JobFacts, _ phase: JobPhase, _ event: JobEvent, _ random: UInt64
    ) -> Decision {
        switch event {
        case .progressed:
            guard phase == .accepted || phase == .unreachable else { return .ignore }
            return .apply(Transition(facts, to: .running(.inProgress), reason: "progressed"))
        case .becameUnreachable:
            guard phase == .accepted || phase == .inProgress else { return .ignore }
            return .apply(Transition(facts, to: .running(.unreachable), reason: "unreachable"))
        case .concluded(let outcome):
            guard phase != .verifying else { return .ignore }
            return .apply(conclusion(facts, outcome, random))
        case .becameUnreadable(let error):
            guard phase != .verifying else { return .ignore }
            return .apply(
                Transition(facts, to: .failed(.remoteFailed), reason: "unreadable", error: error))
        case .becameHealthy:
            guard phase == .verifying else { return .ignore }
            return .apply(Transition(facts, to: .success, reason: "healthy"))
        case .becameUnhealthy(let error):
            guard phase == .verifying else { return .ignore }
            return .apply(
                Transition(facts, to: .failed(.remoteFailed), reason: "unhealthy", error: error))
        case .cancelRequested:
            guard phase == .verifying else { return .noteCancel }
            return .apply(Transition(facts, to: .success, reason: "verification_cancelled"))
        case .cancelDelivered:
            guard phase != .verifying, phase != .cancelling else { return .ignore }
            return .apply(Transition(facts, to: .running(.cancelling), reason: "cancel_delivered"))
        case .deadlinePassed: return .apply(overdue(facts, whileVerifying: phase == .verifying))
        // Following goes on where it was, so there is nothing to tell.
        case .claimed, .released, .laneFoundBusy, .budgetExhausted, .intentRecorded,
            .targetUnresolved, .targetRefused, .submitted, .ownerLost, .evidenceFound,
            .evidenceAmbiguous, .evidenceAbsent, .startWindowClosed:
            return .ignore
        }
    }

    /// After its deadline a job is still followed while it holds its lane.
    private func overdue(_ facts: JobFacts, _ event: JobEvent) -> Decision {
        guard facts.holdsLane else { return .ignore }
        switch event {
        case .concluded(let outcome): return .settle(reason: "late_outcome_\(outcome.word)")
        case .becameUnreadable: return .settle(reason: "late_outcome_unreadable")
        case .claimed, .released, .laneFoundBusy, .budgetExhausted, .intentRecorded,
            .targetUnresolved, .targetRefused, .submitted, .ownerLost, .evidenceFound,
            .evidenceAmbiguous, .evidenceAbsent, .progressed, .becameUnreachable,
            .becameHealthy, .becameUnhealthy, .cancelRequested, .cancelDelivered,
            .startWindowClosed, .deadlinePassed:
            return .ignore
        }
    }
}
