import JobStore
import JobWorker
import Jobs
import KomodoSimulator
import Testing

/// How operations end that Komodo accepted.
@Suite(.timeLimit(.minutes(5)))
struct RemoteOutcomeTests {
    @Test
    func aRemoteFailureKeepsItsReasonAndItsLog() async throws {
        try await Bench.with { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "broken")
                let ended = try await bench.expect(job, endsAs: .failed(.remoteFailed))
                #expect(ended.error?.code == .executionError)
                #expect(ended.error?.message.contains("Failed to deploy broken") == true)
                let logs = try await bench.store.logs(of: job.row)
                #expect(logs.contains { !$0.success })
                #expect(!logs.contains { ($0.stdout + $0.stderr).contains("<span") })
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func anAcceptedJobThatMayNotBeReadIsForbidden() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            bench.simulator.script(FaultScript(resources: [ResourceFault("web", .forbidden)]))
            try await bench.withWorker { _ in
                let ended = try await bench.expect(job, endsAs: .failed(.remoteFailed))
                #expect(ended.error?.code == .authorizationError)
                #expect(ended.remote?.updateID != nil)
                #expect(try await bench.history(job).last == "unreadable")
            }
        }
    }

    @Test
    func aBusyTargetIsTriedAgainUntilItIsFree() async throws {
        let busy = ResourceFault("web", .busy, times: 5)
        try await Bench.with(resources: [busy]) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.attempt == 6)
                #expect(try await bench.history(job).filter { $0 == "busy" }.count == 5)
                #expect(ended.error == nil)
                let attempts = Set(try await bench.store.logs(of: job.row).map(\.attempt))
                #expect(attempts == Set(1...6))
            }
        }
    }

    @Test
    func anUnreachableServerIsTriedAgainAndThenGivenUp() async throws {
        try await Bench.with { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "offline-app")
                let ended = try await bench.expect(job, endsAs: .failed(.exhausted))
                #expect(ended.attempt == bench.plan.retries + 1)
                #expect(ended.error?.message.contains("unreachable") == true)
                #expect(!ended.holdsLane)
            }
        }
    }

    @Test
    func anAgentLostMidwayLeavesTheOutcomeOpenAndIsNotRepeated() async throws {
        try await Bench.with(resources: [ResourceFault("web", .vanishes)]) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web")
                try await bench.expect(job, endsAs: .failed(.remoteInterrupted))
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aLostUpdateLeavesTheOutcomeOpen() async throws {
        try await Bench.with(resources: [ResourceFault("web", .lost)]) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(job, endsAs: .failed(.remoteInterrupted))
                #expect(ended.error?.message.contains("no longer has the record") == true)
            }
        }
    }

    @Test
    func aRestartOfKomodoInterruptsAndNothingIsSentAgain() async throws {
        try await Bench.with { bench in
            try await bench.withWorker { worker in
                let job = try await bench.enqueue(.deploy, "slow")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                bench.simulator.restart(down: .milliseconds(300))
                try await bench.expect(job, endsAs: .failed(.remoteInterrupted))
                try await worker.passes(3)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aJobIsUnreachableWhileKomodoIsDownAndEndsAfterwards() async throws {
        let rule = FaultRule(
            type: "ListUpdates", times: 40, action: FaultAction(.dropBefore))
        var plan = Bench.Plan()
        plan.faults = FaultScript(rules: [rule])
        plan.retries = 1
        try await Bench.with(plan) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web")
                _ = try await bench.wait(for: job, in: .running(.unreachable))
                bench.simulator.script(FaultScript())
                try await bench.expect(job, endsAs: .success)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aHealthyTargetEndsTheVerification() async throws {
        try await Bench.with { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web") { $0.waitsForHealth = true }
                try await bench.expect(job, endsAs: .success)
                #expect(try await bench.history(job).suffix(2) == ["succeeded", "healthy"])
            }
        }
    }

    @Test
    func anUnhealthyTargetFailsTheJob() async throws {
        try await Bench.with { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "sick") { $0.waitsForHealth = true }
                let ended = try await bench.expect(job, endsAs: .failed(.remoteFailed))
                #expect(ended.error?.message.contains("did not become healthy") == true)
                #expect(try await !bench.store.logs(of: job.row).isEmpty)
            }
        }
    }

    @Test
    func aCancelledVerificationIsASuccess() async throws {
        try await Bench.with { bench in
            var plan = WorkerUnderTest.Plan()
            plan.policy.pollScale = 0.4
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deploy, "sick") { $0.waitsForHealth = true }
                _ = try await bench.wait(for: job, in: .running(.verifying))
                _ = try await bench.store.cancel(job.row)
                try await bench.expect(job, endsAs: .success)
            }
        }
    }

    @Test
    func aVerificationEndsWithTheDeadlineOfItsJob() async throws {
        try await Bench.with { bench in
            var plan = WorkerUnderTest.Plan()
            plan.policy.pollScale = 0.2
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deploy, "sick") {
                    $0.waitsForHealth = true
                    $0.deadline = .milliseconds(1_500)
                }
                let ended = try await bench.expect(job, endsAs: .failed(.deadline))
                #expect(!ended.holdsLane && ended.leaseOwner == nil)
            }
        }
    }
}
