import Jobs
import Testing

/// How often and how soon an operation that did not start is tried again.
@Suite(.timeLimit(.minutes(2)))
struct RetryLimitTests {
    private let machine = JobStateMachine(retry: RetryPolicy(countMax: 3))

    /// Follows a job from a claim through acceptance to the given end in Komodo.
    private func attempt(_ facts: inout JobFacts, endingIn end: RemoteOutcome) -> Transition? {
        var last: Transition?
        facts.state = .pending(.queued)
        let events: [JobEvent] = [
            .claimed, .intentRecorded, .submitted(.accepted(SampleEvents.update)), .progressed,
            .concluded(end),
        ]
        for event in events {
            guard case .apply(let transition) = machine.decide(facts, event, random: 0) else {
                return nil
            }
            facts.take(transition)
            last = transition
        }
        return last
    }

    @Test func aServerThatStaysAwayExhaustsTheJob() {
        var facts = JobFacts(state: .pending(.queued), operation: .deploy)
        var ends: [JobState] = []
        for _ in 0..<4 {
            guard let last = attempt(&facts, endingIn: .notStarted(SampleEvents.problem)) else {
                break
            }
            ends.append(last.to)
        }
        let backoff = JobState.pending(.backoff)
        #expect(ends == [backoff, backoff, backoff, .failed(.exhausted)])
    }

    @Test func aRunThatKeepsFailingIsRepeatedThreeTimes() {
        var facts = JobFacts(
            state: .pending(.queued), operation: .triggerAction, retriesFailure: true)
        var ends: [JobState] = []
        for _ in 0..<4 {
            guard let last = attempt(&facts, endingIn: .failed(SampleEvents.problem)) else { break }
            ends.append(last.to)
        }
        let backoff = JobState.pending(.backoff)
        #expect(ends == [backoff, backoff, backoff, .failed(.remoteFailed)])
        #expect(facts.attempt == 4)
    }

    /// Attempts that did not become runs and that nothing limits but the start window.
    private static let fruitless: [[JobEvent]] = [
        [.submitted(.accepted(SampleEvents.update)), .concluded(.busy(SampleEvents.problem))],
        [.submitted(.ambiguous(SampleEvents.problem)), .evidenceAbsent],
        [.submitted(.busy(SampleEvents.problem))],
    ]

    @Test(arguments: fruitless)
    func whatDidNotRunUsesUpNoRepeat(events: [JobEvent]) {
        var facts = JobFacts(
            state: .pending(.queued), operation: .deploy, retriesFailure: true)
        var repeats = 0
        while facts.state.status == .pending, repeats < 10 {
            facts.state = .pending(.queued)
            for event in [.claimed, .intentRecorded] + events {
                guard case .apply(let transition) = machine.decide(facts, event, random: 0) else {
                    Issue.record("\(event) in \(facts.state)")
                    return
                }
                facts.take(transition)
            }
            guard attempt(&facts, endingIn: .failed(SampleEvents.problem)) != nil else { break }
            repeats += 1
        }
        #expect(repeats == 4)
        #expect(facts.state == .failed(.remoteFailed))
    }

    @Test func aCancelBetweenTwoRepeatsDoesNotHideTheRuns() {
        var facts = JobFacts(
            state: .pending(.queued), operation: .triggerAction, retriesFailure: true)
        _ = attempt(&facts, endingIn: .failed(SampleEvents.problem))
        #expect(facts.state == .pending(.backoff) && facts.failedRuns == 1)
        guard case .apply(let end) = machine.decide(facts, .cancelRequested, random: 0) else {
            Issue.record("a waiting job can be cancelled")
            return
        }
        #expect(end.to == .failed(.remoteFailed))
        #expect(end.error?.message.contains("cancellation") == true)
    }

    @Test func aBusyTargetIsAskedMoreAndMoreRarelyAndForEver() {
        var facts = JobFacts(state: .pending(.queued), operation: .deploy)
        var waits: [Duration] = []
        for _ in 0..<12 {
            guard let last = attempt(&facts, endingIn: .busy(SampleEvents.problem)) else { break }
            #expect(last.to == .pending(.backoff))
            waits.append(last.wait ?? .zero)
        }
        #expect(waits.count == 12)
        #expect(waits == waits.sorted())
        #expect(waits.last == .seconds(30))
    }

    @Test func anUnreachableKomodoDoesNotUseUpTheTries() {
        var facts = JobFacts(state: .pending(.queued), operation: .deploy)
        for _ in 0..<20 {
            facts.state = .pending(.queued)
            let events: [JobEvent] = [
                .claimed, .intentRecorded, .submitted(.undelivered(SampleEvents.problem)),
            ]
            for event in events {
                guard case .apply(let transition) = machine.decide(facts, event, random: 0) else {
                    Issue.record("\(event) in \(facts.state)")
                    return
                }
                facts.take(transition)
            }
            #expect(facts.state == .pending(.backoff))
            #expect(facts.attempt == 0)
        }
        #expect(facts.failures == 20)
        let last = attempt(&facts, endingIn: .notStarted(SampleEvents.problem))
        #expect(last?.to == .pending(.backoff))
    }
}

extension JobFacts {
    /// The facts after a transition, as a store keeps them.
    mutating func take(_ transition: Transition) {
        state = transition.to
        attempt = transition.attempt
        failures = transition.failures
        if transition.to.status == .pending, transition.reason == Transition.failedRunReason {
            failedRuns += 1
        }
        switch transition.doubt {
        case .keep: break
        case .begin: isDoubted = true
        case .settle: isDoubted = false
        }
        holdsLane = holdsLane && transition.lane == .keep
        switch transition.to {
        case .pending, .starting: remote = nil
        case .running, .success, .failed, .cancelled: remote = transition.remote
        }
    }
}
