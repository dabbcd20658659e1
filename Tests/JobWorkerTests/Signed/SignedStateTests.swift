import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Testing

/// Runs of which Komodo shows nothing, or nothing but the state of their target.
@Suite(.timeLimit(.minutes(5)))
struct SignedStateTests {
    private static func plan(_ target: String, _ behaviour: ResourceFault.Behaviour) -> Bench.Plan {
        var plan = SignedOperationTests.plan(
            resources: [ResourceFault(target, behaviour, times: 1)],
            style: SignedStyle(isEnveloped: false, isCamelCase: true, isModuleShaped: true))
        plan.evidenceGrace = .milliseconds(100)
        return plan
    }

    @Test(arguments: [
        (JobOperation.restartServer, "staging"), (.stopServer, "prod-2"), (.pullRepo, "infra"),
        (.cloneRepo, "my-repo"),
    ])
    func whatNeverMovesEndsAsUnknownAndFreesItsLane(
        _ operation: JobOperation, _ target: String
    ) async throws {
        try await Bench.with(Self.plan(target, .ignores)) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(operation, target)
                let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                let events = try await bench.store.events(EventQuery(job.row)).events
                #expect(events.last?.reason == "no_trace")
                #expect(events.last?.detail?.contains("target_status") == true)
                #expect(ended.error?.code == .outcomeUnknown)
                #expect(!ended.holdsLane && ended.attempt == 1)
                #expect(bench.submissions(job) == 1)
                bench.simulator.script(FaultScript())
                let next = try await bench.enqueue(operation, target)
                try await bench.expect(next, endsAs: .success)
            }
        }
    }

    @Test
    func aRunWithoutAnEntryIsInterruptedAfterItsGrace() async throws {
        try await Bench.with(Self.plan("web", .ignores)) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(job, endsAs: .failed(.remoteInterrupted))
                #expect(!ended.holdsLane && bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aServerThatStaysPendingIsNotFollowedForEver() async throws {
        try await Bench.with(Self.plan("prod-2", .hangs)) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.stopServer, "prod-2")
                let ended = try await bench.expect(job, endsAs: .failed(.remoteInterrupted))
                #expect(ended.error?.message.contains("pending") == true)
                #expect(!ended.holdsLane)
            }
        }
    }

    @Test
    func aJobThatIsNoLongerWaitedForFreesItsLaneInTheEnd() async throws {
        try await Bench.with(Self.plan("staging", .ignores)) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.restartServer, "staging") {
                    $0.deadline = .milliseconds(200)
                }
                try await bench.expect(job, endsAs: .failed(.deadline))
                let late = try await bench.wait(for: job) { !$0.holdsLane }
                #expect(late.lateOutcome == "late_outcome_unknown")
            }
        }
    }

    /// Whether the failure was seen to come depends on how fast it came.
    @Test
    func aRepositoryThatFailsIsNoSuccess() async throws {
        try await Bench.with(SignedOperationTests.plan()) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.pullRepo, "broken-repo")
                let ended = try await bench.end(of: job)
                let states: [JobState] = [.failed(.remoteFailed), .failed(.remoteInterrupted)]
                #expect(states.contains(ended.state))
                #expect(ended.error?.message.contains("error") == true)
                #expect(bench.submissions(job) == 1)
            }
        }
    }
}
