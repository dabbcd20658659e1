import JobStore
import JobWorker
import Jobs
import KomodoSimulator
import Synchronization
import Testing

/// Workers that end, die, sleep or are no longer needed.
@Suite(.timeLimit(.minutes(5)))
struct TakeoverTests {
    @Test
    func aClaimedJobOfADeadWorkerIsStartedAfresh() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            let ghost = try await Ghost(bench)
            _ = try await ghost.claim()
            ghost.die()
            try await bench.withWorker { _ in
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.attempt == 1)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func anIntentThatWasNeverSentIsSentAfterTheGrace() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            let ghost = try await Ghost(bench)
            _ = try await ghost.recordIntent()
            ghost.die()
            try await bench.withWorker { _ in
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.attempt == 2)
                #expect(try await bench.history(job).contains("never_started"))
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aProcedureThatMayHaveBeenSentIsNotSentAgain() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.runProcedure, "nightly")
            let ghost = try await Ghost(bench)
            _ = try await ghost.recordIntent()
            ghost.die()
            try await bench.withWorker { _ in
                try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                #expect(bench.submissions(job) == 0)
            }
        }
    }

    @Test(arguments: [JobOperation.deploy, .runProcedure])
    func aRunThatTheDeadWorkerStartedIsAdopted(_ operation: JobOperation) async throws {
        try await Bench.with { bench in
            let target = operation == .deploy ? "web" : "nightly"
            let job = try await bench.enqueue(operation, target)
            let ghost = try await Ghost(bench)
            _ = try await ghost.send()
            ghost.die()
            try await bench.withWorker { _ in
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.attempt == 1)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aReconciliationIsTakenUpAgain() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            let ghost = try await Ghost(bench)
            let sent = try await ghost.send().job
            let lost = JobError(.networkError, "lost")
            _ = try await ghost.advance(sent, .submitted(.ambiguous(lost)))
            ghost.die()
            try await bench.withWorker { _ in
                try await bench.expect(job, endsAs: .success)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aRunningJobIsFollowedOn() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "slow")
            let ghost = try await Ghost(bench)
            _ = try await ghost.accept()
            ghost.die()
            try await bench.withWorker { _ in
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.attempt == 1)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func anUnchangedStackIsFollowedOn() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deployStackIfChanged, "shop")
            let ghost = try await Ghost(bench)
            _ = try await ghost.accept()
            ghost.die()
            try await bench.withWorker { _ in
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.remote?.updateID != nil)
            }
        }
    }

    @Test
    func aVerificationIsTakenUpAgain() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web") { $0.waitsForHealth = true }
            let ghost = try await Ghost(bench)
            let running = try await ghost.accept()
            _ = try await ghost.advance(running, .concluded(.succeeded))
            ghost.die()
            try await bench.withWorker { _ in
                try await bench.expect(job, endsAs: .success)
                #expect(try await bench.history(job).last == "healthy")
            }
        }
    }

    @Test
    func aCancelThatNobodyPassedOnIsPassedOn() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.build, "slow-build")
            let ghost = try await Ghost(bench)
            _ = try await ghost.accept()
            _ = try await bench.store.cancel(job.row)
            ghost.die()
            try await bench.withWorker { _ in
                try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
            }
        }
    }

    @Test
    func anOverdueJobIsFollowedOn() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "slow")
            let ghost = try await Ghost(bench)
            let running = try await ghost.accept()
            _ = try await ghost.advance(running, .deadlinePassed)
            ghost.die()
            try await bench.withWorker { _ in
                let late = try await bench.wait(for: job) { !$0.holdsLane }
                #expect(late.state == .failed(.deadline))
                #expect(late.lateOutcome == "late_outcome_succeeded")
            }
        }
    }

    @Test
    func theJobsOfALivingWorkerAreLeftAlone() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            let ghost = try await Ghost(bench)
            let claimed = try await ghost.claim()
            try await bench.withWorker { worker in
                try await worker.passes(4)
                #expect(try await bench.current(job) == claimed)
                ghost.die()
                try await bench.expect(job, endsAs: .success)
                let workers = try await bench.store.workers().map(\.worker.id)
                #expect(workers == [worker.record.id])
            }
        }
    }

    @Test
    func aSenderThatSleptTooLongSendsNothing() async throws {
        try await Bench.with { bench in
            let once = Once()
            var plan = WorkerUnderTest.Plan()
            plan.hooks.reached = { step, _ in
                guard step == .aboutToSend, once.isFirst() else { return }
                bench.clock.advance(by: .seconds(6))
            }
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(once.hasHappened)
                #expect(try await bench.history(job).contains("withheld"))
                #expect(ended.attempt == 1)
                #expect(bench.simulator.ledger.requestsByType["Deploy"] == 1)
            }
        }
    }

    @Test
    func aSenderThatLostItsLeaseSendsNothing() async throws {
        try await Bench.with { bench in
            let thief = try await Ghost(bench, "thief")
            let once = Once()
            var plan = WorkerUnderTest.Plan()
            plan.policy.sendWindow = .seconds(90)
            plan.policy.heartbeatInterval = .seconds(100_000)
            plan.hooks.reached = { step, _ in
                guard step == .aboutToSend, once.isFirst() else { return }
                // The sender is suspended until its lease and a whole grace have passed.
                bench.clock.advance(by: .seconds(60))
                do {
                    try await bench.store.heartbeat(thief.record)
                    let taken = try await bench.store.takeOver(
                        thief.record, grace: .seconds(30))
                    #expect(taken.map(\.state) == [.starting(.reconciling)])
                } catch {
                    Issue.record("nothing taken over: \(error)")
                }
            }
            try await bench.withWorker(plan) { worker in
                let job = try await bench.enqueue(.deploy, "web")
                _ = try await bench.wait(for: job) { $0.leaseOwner == thief.record.id }
                try await worker.passes(4)
                #expect(bench.simulator.ledger.requestsByType["Deploy"] == nil)
                // Only now nobody can be sending.
                bench.clock.advance(by: .seconds(100))
                thief.die()
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.attempt == 2)
                #expect(bench.simulator.ledger.requestsByType["Deploy"] == 1)
            }
        }
    }

    @Test
    func aShutdownLetsSubmissionsFinishAndLeavesWhatRuns() async throws {
        var slow = FaultAction(.delay)
        slow.delayAfter = .milliseconds(700)
        let rule = FaultRule(type: "Deploy", target: "web", times: 1, action: slow)
        try await Bench.with(rules: [rule]) { bench in
            let once = Once()
            var plan = WorkerUnderTest.Plan()
            plan.hooks.stopping = { _ = once.isFirst() }
            let build = try await bench.enqueue(.build, "slow-build")
            let (deploy, late) = try await bench.withWorker(plan) { worker in
                _ = try await bench.wait(for: build) { $0.state.status == .running }
                let deploy = try await bench.enqueue(.deploy, "web")
                _ = try await bench.wait(for: deploy, in: .starting(.sending))
                worker.stop()
                let late = try await bench.enqueue(.deploy, "api")
                try await worker.end()
                return (deploy, late)
            }
            #expect(once.hasHappened)
            #expect(try await bench.store.workers().isEmpty)
            for job in [deploy, build] {
                let left = try await bench.current(job)
                #expect(left.state.status == .running, "\(left.state)")
                #expect(left.leaseOwner == nil)
            }
            #expect(try await bench.current(late).leaseOwner == nil)
            var successor = WorkerUnderTest.Plan()
            successor.id = "successor"
            try await bench.withWorker(successor) { _ in
                for job in [deploy, build, late] {
                    let ended = try await bench.expect(job, endsAs: .success)
                    #expect(ended.attempt == 1)
                    #expect(bench.submissions(job) == 1)
                }
            }
        }
    }

    @Test
    func aWorkerThatIsCutOffLeavesNothingBehindThatIsLost() async throws {
        try await Bench.with(rules: [LostAnswerTests.rule(.stall)]) { bench in
            let job = try await bench.enqueue(.deploy, "web")
            try await bench.withWorker { _ in
                _ = try await bench.wait(for: job, in: .starting(.sending))
                #expect(bench.submissions(job) <= 1)
            }
            var successor = WorkerUnderTest.Plan()
            successor.id = "successor"
            try await bench.withWorker(successor) { _ in
                try await bench.expect(job, endsAs: .success)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func anIdleWorkerOnDemandLeavesWhenItsJobsAreDone() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "slow")
            let runAt = bench.clock.store.now() + .seconds(2)
            let later = try await bench.enqueue(.deploy, "web") { $0.runAt = runAt }
            var plan = WorkerUnderTest.Plan()
            plan.kind = .onDemand
            plan.policy.idleTime = .milliseconds(100)
            try await bench.withWorker(plan) { worker in
                try await worker.end()
                #expect(try await bench.current(job).state == .success)
                #expect(try await bench.current(later).state == .success)
            }
            #expect(try await bench.store.workers().isEmpty)
        }
    }

    @Test
    func aWorkerOnDemandLeavesItsJobsToADaemon() async throws {
        try await Bench.with(resources: [ResourceFault("web", .hangs)]) { bench in
            let job = try await bench.enqueue(.deploy, "web")
            var plan = WorkerUnderTest.Plan()
            plan.kind = .onDemand
            plan.policy.idleTime = .seconds(300)
            try await bench.withWorker(plan) { worker in
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                let daemon = try await Ghost(bench, "daemon")
                try await worker.end()
                #expect(try await bench.current(job).state == .running(.inProgress))
                let taken = try await bench.store.takeOver(daemon.record, grace: .seconds(30))
                #expect(taken.map(\.row) == [job.row])
            }
        }
    }

    @Test(arguments: [WorkerRecord.Kind.daemon, .embedded, .onDemand])
    func everyWorkerEndsWhenItsDatabaseIsGone(kind: WorkerRecord.Kind) async throws {
        try await Bench.with { bench in
            let isGone = Once()
            var plan = WorkerUnderTest.Plan()
            plan.kind = kind
            plan.mayFail = true
            plan.policy.idleTime = kind == .onDemand ? .seconds(300) : nil
            plan.store = FaultyStore(
                store: bench.store,
                before: { _, _ throws(StoreError) in
                    if isGone.hasHappened { throw StoreError(.displaced, "It is gone.") }
                })
            try await bench.withWorker(plan) { worker in
                try await worker.passes(2)
                #expect(!worker.hasEnded)
                _ = isGone.isFirst()
                try await worker.end()
                #expect((worker.failure as? StoreError)?.code == .displaced)
            }
        }
    }
}
