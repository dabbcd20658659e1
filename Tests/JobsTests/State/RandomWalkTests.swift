import Jobs
import TestSupport
import Testing

/// Random lives of jobs against a model of what Komodo really did, which the job never sees.
@Suite(.timeLimit(.minutes(2)))
struct RandomWalkTests {
    private static let walksPerSeed = 2_500
    private static let stepsMax = 600

    @Test(arguments: 0..<8)
    func theJobNeverSaysMoreThanIsTrue(seed: Int) {
        var random = SeededRandom(seed)
        var ends: [JobState: Int] = [:]
        for number in 0..<Self.walksPerSeed {
            var walk = RandomWalk(&random)
            var steps = 0
            while steps < Self.stepsMax, walk.step() { steps += 1 }
            random = walk.random
            for fault in walk.faults {
                Issue.record("seed \(seed), walk \(number): \(fault)\n\(walk.trail)")
            }
            if !walk.faults.isEmpty { return }
            ends[walk.facts.state, default: 0] += 1
        }
        // The walks are worth nothing if they do not get everywhere.
        for state in Self.expectedEnds {
            #expect(ends[state, default: 0] > 0, "no walk of seed \(seed) ended in \(state)")
        }
    }

    private static let expectedEnds: [JobState] = [
        .success, .failed(.rejected), .failed(.expired), .failed(.remoteFailed),
        .failed(.remoteInterrupted), .failed(.deadline), .failed(.exhausted),
        .failed(.outcomeUnknown), .cancelled(.beforeSend), .cancelled(.remoteCancelled),
    ]
}

/// One life of a job, and the truth about it.
struct RandomWalk {
    /// What became of the request of the current attempt.
    private enum Request {
        case none
        /// Its bytes never reached Komodo.
        case lost
        /// Komodo answered this and ran nothing.
        case refused(SubmissionOutcome)
        /// Komodo made an update that ends like this; busy and unreachable ones never ran.
        case accepted(RemoteReference, RemoteOutcome)
    }

    var random: SeededRandom
    private(set) var facts: JobFacts
    private(set) var faults: [String] = []
    private(set) var trail = ""
    private let machine: JobStateMachine
    private var request = Request.none
    /// How often the operation really began in Komodo.
    private var starts = 0
    /// Requests that left and are not known to have come to nothing on the way.
    private var sent = 0
    private var updates = 0
    /// The run that the job is connected to, if it is.
    private var isOver = false

    private static let operations: [JobOperation] = [
        .deploy, .build, .runProcedure, .pullRepo, .deployStackIfChanged, .stopServer,
    ]
    private static let problem = SampleEvents.problem

    init(_ random: inout SeededRandom) {
        machine = JobStateMachine(retry: RetryPolicy(countMax: random.below(4)))
        facts = JobFacts(
            state: .pending(random.once(in: 4) ? .scheduled : .queued),
            operation: Self.operations[random.below(Self.operations.count)],
            waitsForHealth: random.once(in: 3), holdsLane: false)
        self.random = random
    }

    /// Lets one thing happen that can happen; false when the life is over.
    mutating func step() -> Bool {
        guard !isOver, let event = nextEvent() else { return false }
        let before = facts.state
        let decision = machine.decide(facts, event, random: random.next())
        trail += "\(before) + \(event.word) → \(decision.word)\n"
        switch decision {
        case .apply(let transition):
            facts.take(transition)
            if event == .cancelRequested { facts.isCancelRequested = true }
            if event == .claimed { facts.holdsLane = true }
            follow(event, from: before)
        case .noteCancel: facts.isCancelRequested = true
        case .settle: isOver = true
        case .note, .ignore: break
        }
        if facts.state.isTerminal { judge() }
        return faults.isEmpty
    }

    // The world.

    private mutating func nextEvent() -> JobEvent? {
        switch facts.state {
        case .pending(let phase): whilePending(phase)
        case .starting(.claimed): whileClaimed()
        case .starting(.sending): whileSending()
        case .starting: whileReconciling()
        case .running(let phase): whileRunning(phase)
        case .failed(.deadline): facts.holdsLane ? truth.map { .concluded($0) } : nil
        case .success, .failed, .cancelled: nil
        }
    }

    private mutating func whilePending(_ phase: JobPhase) -> JobEvent {
        if random.once(in: 40) { return .cancelRequested }
        if random.once(in: 40) { return .startWindowClosed }
        // What the store does when a moment comes or a lane is free.
        facts.state = .pending(.queued)
        return .claimed
    }

    private mutating func whileClaimed() -> JobEvent {
        let refusals: [SubmissionOutcome] = [
            .undelivered(Self.problem), .unauthorized(Self.problem), .withheld,
            .throttled(Self.problem, retryAfter: nil), .unavailable(Self.problem),
        ]
        switch random.below(24) {
        case 0: return .released
        case 1: return .laneFoundBusy
        case 2: return .budgetExhausted(wait: .seconds(1))
        case 3: return .targetUnresolved(Self.problem)
        case 4: return .cancelRequested
        case 5: return .ownerLost
        case 6: return .submitted(refusals[random.below(refusals.count)])
        case 7: return random.once(in: 3) ? .targetRefused(Self.problem) : .released
        default: return .intentRecorded
        }
    }

    private mutating func whileSending() -> JobEvent {
        if random.once(in: 15) { return .cancelRequested }
        if random.once(in: 6) { return .ownerLost }
        if random.once(in: 4) { return .submitted(.ambiguous(Self.problem)) }
        switch request {
        case .lost, .none:
            return .submitted(random.once(in: 2) ? .undelivered(Self.problem) : .withheld)
        case .refused(let outcome): return .submitted(outcome)
        case .accepted(let reference, let end):
            let isOver = random.once(in: 6)
            return .submitted(isOver ? .concluded(reference, end) : .accepted(reference))
        }
    }

    private mutating func whileReconciling() -> JobEvent {
        if random.once(in: 12) { return .cancelRequested }
        if random.once(in: 12) { return .ownerLost }
        if random.once(in: 40) { return .targetRefused(Self.problem) }
        switch request {
        case .accepted(.update(let id), _):
            return random.once(in: 10)
                ? .evidenceAmbiguous(candidates: [id, "stranger"]) : .evidenceFound(.update(id))
        case .accepted(.state, _):
            // Nothing tells such a run from none.
            return random.once(in: 2) ? .evidenceAbsent : .evidenceFound(.update("found"))
        case .lost, .refused, .none:
            return random.once(in: 15)
                ? .evidenceAmbiguous(candidates: ["stranger", "other"]) : .evidenceAbsent
        }
    }

    private mutating func whileRunning(_ phase: JobPhase) -> JobEvent {
        if random.once(in: 10) { return .cancelRequested }
        if random.once(in: 20) { return .ownerLost }
        if random.once(in: 25) { return .deadlinePassed }
        if phase == .verifying {
            return random.once(in: 3) ? .becameUnhealthy(Self.problem) : .becameHealthy
        }
        switch random.below(6) {
        case 0: return .progressed
        case 1: return .becameUnreachable
        case 2 where facts.isCancelRequested: return .cancelDelivered
        case 3 where random.once(in: 10): return .becameUnreadable(Self.problem)
        default: return truth.map { .concluded($0) } ?? .progressed
        }
    }

    /// How the run ends that the request started.
    private var truth: RemoteOutcome? {
        guard case .accepted(_, let end) = request else { return nil }
        return end
    }

    /// Decides what the bytes that now leave will do, and keeps count.
    private mutating func follow(_ event: JobEvent, from before: JobState) {
        if facts.state == .starting(.sending) {
            sent += 1
            arrive()
        }
        if before == .starting(.sending), case .submitted(let outcome) = event {
            switch outcome {
            case .undelivered, .throttled, .unauthorized, .unavailable, .busy, .withheld:
                sent -= 1
            case .accepted, .concluded, .rejected, .ambiguous: break
            }
        }
        if facts.state.status == .pending { request = .none }
    }

    private mutating func arrive() {
        updates += 1
        switch random.below(10) {
        case 0, 1: request = .lost
        case 2: request = .refused(refusal())
        default:
            let reference: RemoteReference =
                facts.operation.spec.isFollowedByState ? .state : .update("update-\(updates)")
            let end = end()
            request = .accepted(reference, end)
            guard !end.provesNothingRan else { return }
            starts += 1
            if starts > 1 { faults.append("started twice") }
        }
    }

    private mutating func refusal() -> SubmissionOutcome {
        let outcomes: [SubmissionOutcome] = [
            .rejected(Self.problem), .throttled(Self.problem, retryAfter: .seconds(1)),
            .unauthorized(Self.problem), .unavailable(Self.problem), .busy(Self.problem),
        ]
        return outcomes[random.below(outcomes.count)]
    }

    private mutating func end() -> RemoteOutcome {
        switch random.below(12) {
        case 0: .failed(Self.problem)
        case 1: .busy(Self.problem)
        case 2, 3: .notStarted(Self.problem)
        case 4: .cancelled(Self.problem)
        case 5: .interrupted(Self.problem)
        case 6: .unknown(Self.problem)
        default: .succeeded
        }
    }

    // The judge.

    private mutating func judge() {
        switch facts.state {
        case .success:
            if starts != 1 || truth != .succeeded { faults.append("success that is not true") }
        case .cancelled(.beforeSend), .failed(.rejected), .failed(.expired), .failed(.exhausted):
            if starts != 0 { faults.append("said never to have run, but ran") }
        case .failed(.remoteInterrupted), .cancelled(.remoteCancelled):
            if starts != 1 { faults.append("said to have run, but did not") }
        case .failed, .cancelled, .pending, .starting, .running: break
        }
        if facts.attempt != sent { faults.append("attempt \(facts.attempt), sent \(sent)") }
    }
}

extension Decision {
    /// The decision in a few words.
    var word: String {
        switch self {
        case .apply(let transition): "\(transition.to) (\(transition.reason))"
        case .noteCancel: "noteCancel"
        case .note(let reason): "note \(reason)"
        case .settle(let reason): "settle \(reason)"
        case .ignore: "ignore"
        }
    }
}
