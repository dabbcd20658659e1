import Jobs
import Testing

/// Every state × every event × every fact that matters, with what must hold after each decision.
@Suite(.timeLimit(.minutes(2)))
struct InvariantTests {
    private static let machine = JobStateMachine()

    /// One decision with what led to it.
    struct Step: CustomStringConvertible {
        let facts: JobFacts
        let event: JobEvent
        let decision: Decision

        var transition: Transition? {
            guard case .apply(let transition) = decision else { return nil }
            return transition
        }

        /// Whether a request of this attempt may have left.
        var mayHaveBeenSent: Bool {
            switch facts.state {
            case .starting(.sending), .starting(.reconciling), .running: true
            case .pending, .starting, .success, .failed, .cancelled: false
            }
        }

        var description: String { "\(facts) + \(event) → \(decision)" }
    }

    /// Calls `body` with every decision and the transition in it, if there is one.
    private static func forEachStep(_ body: (Step) -> Void) {
        for facts in FactsTable.all {
            for event in SampleEvents.all {
                let decision = machine.decide(facts, event, random: 42)
                body(Step(facts: facts, event: event, decision: decision))
            }
        }
    }

    private static func forEachTransition(_ body: (Step, Transition) -> Void) {
        forEachStep { step in
            if let transition = step.transition { body(step, transition) }
        }
    }

    /// `#expect` costs too much for a million checks that hold.
    private static func check(
        _ holds: Bool, _ step: Step, _ location: SourceLocation = #_sourceLocation
    ) {
        if !holds { Issue.record("\(step)", sourceLocation: location) }
    }

    @Test func everyEventIsSampled() {
        let words = SampleEvents.all.map(\.word)
        #expect(Set(words).count == words.count)
        #expect(FactsTable.all.count > 10_000)
    }

    @Test func aTerminalJobNeverLeavesItsState() {
        Self.forEachStep { step in
            guard step.facts.state.isTerminal else { return }
            switch step.decision {
            case .ignore, .note: break
            case .settle:
                Self.check(step.facts.state == .failed(.deadline) && step.facts.holdsLane, step)
            case .apply, .noteCancel: Self.check(false, step)
            }
        }
    }

    @Test func attemptsChangeByOneAtMostAndAreNeverNegative() {
        Self.forEachTransition { step, transition in
            let change = transition.attempt - step.facts.attempt
            Self.check((-1...1).contains(change) && transition.attempt >= 0, step)
            Self.check((change == 1) == (step.event == .claimed), step)
            if change < 0 {
                let isBack =
                    switch transition.to {
                    case .pending, .cancelled(.beforeSend), .failed(.rejected): true
                    // What surfaced is an earlier attempt, and what failed before stays failed.
                    case .running(.accepted), .failed(.outcomeUnknown): step.facts.isDoubted
                    case .failed(.remoteFailed): step.facts.failedRuns > 0
                    case .starting, .running, .success, .failed, .cancelled: false
                    }
                Self.check(isBack, step)
            }
            Self.check(transition.failures >= 0, step)
        }
    }

    @Test func runningAndSuccessNeedAnOperationInKomodo() {
        Self.forEachTransition { step, transition in
            switch transition.to {
            case .running, .success: Self.check(transition.remote != nil, step)
            case .pending, .starting, .failed, .cancelled: break
            }
        }
    }

    @Test func leasesEndWithTheWork() {
        Self.forEachTransition { step, transition in
            switch transition.to {
            case .pending, .success, .cancelled: Self.check(!transition.keepsLease, step)
            case .starting, .running: Self.check(transition.keepsLease, step)
            case .failed(.deadline):
                Self.check(transition.keepsLease == (transition.lane == .keep), step)
            case .failed: Self.check(!transition.keepsLease, step)
            }
        }
    }

    @Test func nothingIsSentWithoutARecordedIntent() {
        Self.forEachTransition { step, transition in
            guard transition.to == .starting(.sending) else { return }
            Self.check(
                step.facts.state == .starting(.claimed) && step.event == .intentRecorded, step)
        }
    }

    @Test func theLaneIsReleasedAtEveryEndButADeadlineWhileRunning() {
        Self.forEachTransition { step, transition in
            let outlives =
                transition.to == .failed(.deadline)
                && step.facts.state != .running(.verifying)
            let isReleased = transition.to.isTerminal && !outlives
            Self.check(transition.lane == (isReleased ? .release : .keep), step)
        }
    }

    @Test func whatMayHaveBeenSentIsNotSentAgainWithoutEvidence() {
        Self.forEachTransition { step, transition in
            guard step.mayHaveBeenSent else { return }
            switch transition.to {
            case .pending, .cancelled(.beforeSend):
                Self.check(Self.provesNothingRan(step), step)
            case .starting, .running, .success, .failed, .cancelled: break
            }
        }
    }

    private static func provesNothingRan(_ step: Step) -> Bool {
        switch (step.facts.state, step.event) {
        // Whoever wants a failed run repeated has said so.
        case (.running, .concluded(.failed)),
            (.starting(.sending), .submitted(.concluded(_, .failed))):
            step.facts.retriesFailure
        case (.starting(.sending), .submitted(let outcome)): outcome.provesNothingRan
        case (.running, .concluded(let outcome)): outcome.provesNothingRan
        case (.starting(.reconciling), .evidenceAbsent):
            // Absence proves nothing about an operation that leaves no trace, and too little about
            // the user's own code.
            step.facts.operation.spec.resend == .automatic
                && !step.facts.operation.spec.isFollowedByState
        default: false
        }
    }

    @Test func noEndAfterAFailedRunSaysThatNothingRan() {
        Self.forEachTransition { step, transition in
            guard step.facts.failedRuns > 0 else { return }
            let says: [JobState] = [
                .cancelled(.beforeSend), .failed(.rejected), .failed(.expired), .failed(.exhausted),
            ]
            Self.check(!says.contains(transition.to), step)
        }
    }

    @Test func inDoubtABusyTargetIsNotWaitedFor() {
        Self.forEachTransition { step, transition in
            guard step.facts.isDoubted, case .submitted(.busy) = step.event else { return }
            Self.check(transition.to == .failed(.outcomeUnknown), step)
        }
    }

    @Test func aCancelledJobIsNeverSentAgain() {
        Self.forEachTransition { step, transition in
            guard step.facts.isCancelRequested, step.facts.state.status != .pending else { return }
            switch step.event {
            case .submitted, .concluded, .evidenceAbsent:
                Self.check(transition.to.status != .pending, step)
            default: break
            }
        }
    }

    @Test func pendingPhasesHaveTheWaitThatEndsThem() {
        Self.forEachTransition { step, transition in
            switch transition.to {
            case .pending(.backoff), .pending(.throttled):
                Self.check(transition.wait.map { $0 > .zero } ?? false, step)
            case .pending(.held):
                // Another job's end wakes it, or a moment does; never neither.
                let waitsForLane = step.event == .laneFoundBusy
                Self.check((transition.wait == nil) == waitsForLane, step)
            case .pending, .starting, .running, .success, .failed, .cancelled:
                Self.check(transition.wait == nil, step)
            }
        }
    }

    @Test func failuresHaveAReasonAndSuccessesNone() {
        Self.forEachTransition { step, transition in
            Self.check(!transition.reason.isEmpty, step)
            switch transition.to {
            case .failed: Self.check(transition.error != nil, step)
            case .success, .running: Self.check(transition.error == nil, step)
            case .pending, .starting, .cancelled: break
            }
            let isAmbiguous = transition.reason == "evidence_ambiguous"
            Self.check(transition.candidates.isEmpty != isAmbiguous, step)
        }
    }

    @Test func successNeedsKomodosWord() {
        Self.forEachTransition { step, transition in
            guard transition.to == .success else { return }
            let hasWord =
                switch (step.facts.state, step.event) {
                case (.starting(.sending), .submitted(.concluded(_, .succeeded))): true
                case (.running(.verifying), .becameHealthy): true
                case (.running(.verifying), .cancelRequested): true
                case (.running, .concluded(.succeeded)): true
                default: false
                }
            Self.check(hasWord, step)
        }
    }

    @Test func runningIsLeftOnlyByEvidenceOrADeadline() {
        Self.forEachTransition { step, transition in
            guard step.facts.state.status == .running, transition.to.status != .running else {
                return
            }
            switch step.event {
            case .concluded, .becameUnreadable, .deadlinePassed: break
            case .becameHealthy, .becameUnhealthy, .cancelRequested:
                Self.check(step.facts.state == .running(.verifying), step)
            default: Self.check(false, step)
            }
        }
    }

    @Test func onlyWhatWaitsToBeSentExpires() {
        Self.forEachTransition { step, transition in
            guard transition.to == .failed(.expired) else { return }
            let phases: [JobPhase] = [.scheduled, .queued, .throttled, .backoff]
            Self.check(
                step.event == .startWindowClosed
                    && phases.contains { step.facts.state == .pending($0) }, step)
        }
    }

    @Test func cancelsAreNotedOnlyWhereSomethingMayRun() {
        Self.forEachStep { step in
            guard step.event == .cancelRequested else { return }
            let isNoted = step.decision == .noteCancel
            let mustBeNoted =
                step.mayHaveBeenSent && step.facts.state != .running(.verifying)
            Self.check(isNoted == mustBeNoted, step)
        }
    }

    @Test func theSameChanceGivesTheSameDecision() {
        for facts in FactsTable.all.prefix(2_000) {
            for event in SampleEvents.all {
                let decision = Self.machine.decide(facts, event, random: 7)
                #expect(decision == Self.machine.decide(facts, event, random: 7))
            }
        }
    }

    @Test func onlyLegalPairsAreStates() {
        let phases: [String?] = JobPhase.allCases.map(\.rawValue) + [nil, "", "done"]
        var legal = 0
        for status in JobStatus.allCases.map(\.rawValue) + ["", "queued"] {
            for phase in phases {
                guard let state = JobState(status: status, phase: phase) else { continue }
                legal += 1
                #expect(state.status.rawValue == status)
                #expect(state.phase?.rawValue ?? "" == phase ?? "")
            }
        }
        // The phase of success may be written as null or as an empty text.
        #expect(legal == JobState.all.count + 1)
        #expect(Set(JobState.all).count == JobState.all.count)
        #expect(Set(JobState.all.compactMap(\.phase)) == Set(JobPhase.allCases))
    }
}
