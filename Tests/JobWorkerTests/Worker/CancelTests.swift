import JSON
import JobStore
import JobWorker
import Jobs
import KomodoSimulator
import Testing

/// Cancelling a job in each phase.
@Suite(.timeLimit(.minutes(5)))
struct CancelTests {
    @Test
    func aPendingJobIsCancelledAtOnce() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            _ = try await bench.store.cancel(job.row)
            #expect(try await bench.current(job).state == .cancelled(.beforeSend))
            try await bench.withWorker { worker in
                try await worker.passes(3)
                #expect(bench.submissions(job) == 0)
            }
        }
    }

    @Test
    func aBuildCancelledWhileItIsSentIsCancelledInKomodo() async throws {
        var slow = FaultAction(.delay)
        slow.delayAfter = .milliseconds(500)
        let rule = FaultRule(type: "RunBuild", times: 1, action: slow)
        try await Bench.with(rules: [rule]) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .starting(.sending))
                _ = try await bench.store.cancel(job.row)
                #expect(try await !bench.current(job).state.isTerminal)
                try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
                #expect(bench.simulator.ledger.submissions(of: "CancelBuild").count == 1)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aJobCancelledWhileItIsSentIsNeverSentAgain() async throws {
        try await Bench.with { bench in
            let once = Once()
            var plan = WorkerUnderTest.Plan()
            plan.hooks.reached = { step, job in
                guard step == .aboutToSend, once.isFirst() else { return }
                do {
                    _ = try await bench.store.cancel(job.row)
                } catch {
                    Issue.record("no cancel: \(error)")
                }
                // The sender has slept too long and gives up.
                bench.clock.advance(by: .seconds(6))
            }
            try await bench.withWorker(plan) { worker in
                let job = try await bench.enqueue(.deploy, "web")
                try await bench.expect(job, endsAs: .cancelled(.beforeSend))
                try await worker.passes(3)
                #expect(bench.submissions(job) == 0)
            }
        }
    }

    @Test
    func aJobCancelledWhileItIsReconciledIsNeverSentAgain() async throws {
        try await Bench.with(rules: [LostAnswerTests.rule(.resetBefore)]) { bench in
            try await bench.withWorker { worker in
                let job = try await bench.enqueue(.deploy, "web")
                _ = try await bench.wait(for: job, in: .starting(.reconciling))
                _ = try await bench.store.cancel(job.row)
                try await bench.expect(job, endsAs: .cancelled(.beforeSend))
                try await worker.passes(3)
                #expect(bench.submissions(job) == 0)
            }
        }
    }

    @Test
    func aLostBuildThatRunsIsFoundAndCancelled() async throws {
        try await Bench.with(rules: [LostAnswerTests.rule(.stall, "RunBuild")]) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .starting(.sending))
                _ = try await bench.store.cancel(job.row)
                try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aRunningBuildIsCancelledInKomodo() async throws {
        try await Bench.with(.unhurried) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                _ = try await bench.store.cancel(job.row)
                let ended = try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
                #expect(ended.cancelSentAt != nil)
                #expect(try await bench.history(job).contains("cancel_delivered"))
                #expect(bench.simulator.ledger.submissions(of: "CancelBuild").count == 1)
            }
        }
    }

    @Test
    func onlyTheOwnRunOfAnActionIsCancelled() async throws {
        try await Bench.with(.unhurried) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.triggerAction, "slow-action")
                let running = try await bench.wait(for: job, in: .running(.inProgress))
                _ = try await bench.store.cancel(job.row)
                try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
                let cancels = bench.simulator.ledger.submissions(of: "CancelAction")
                #expect(cancels.count == 1)
                #expect(cancels.first?.params["update_id"]?.string == running.remote?.updateID)
            }
        }
    }

    @Test
    func aRunningDeployIsFollowedToItsTrueOutcome() async throws {
        try await Bench.with { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "slow")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                _ = try await bench.store.cancel(job.row)
                try await bench.expect(job, endsAs: .success)
                #expect(try await bench.history(job).contains("cancel_unsupported"))
            }
        }
    }

    @Test
    func aLostCancelIsSentAgainAsLongAsTheRunLasts() async throws {
        let rule = FaultRule(type: "CancelBuild", times: 1, action: FaultAction(.dropBefore))
        var plan = Bench.Plan.unhurried
        plan.faults = FaultScript(rules: [rule])
        try await Bench.with(plan) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                _ = try await bench.store.cancel(job.row)
                try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
                #expect(bench.simulator.ledger.submissions(of: "CancelBuild").count == 1)
            }
        }
    }

    @Test
    func nothingIsCancelledInKomodoOnceTheOwnRunIsOver() async throws {
        try await Bench.with { bench in
            var plan = WorkerUnderTest.Plan()
            // The run is over in Komodo and its end is about to be read.
            plan.hooks.reached = { step, job in
                guard step == .concluding, job.operation == .build else { return }
                do {
                    _ = try await bench.store.cancel(job.row)
                    _ = try await bench.wait(for: job) { _ in
                        bench.simulator.ledger.requestsByType["GetUpdate", default: 0] > 0
                    }
                } catch {
                    Issue.record("no cancel: \(error)")
                }
            }
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.build, "my-app")
                try await bench.expect(job, endsAs: .success)
                #expect(bench.simulator.ledger.submissions(of: "CancelBuild").isEmpty)
                // Looking once or twice is enough.
                #expect(bench.simulator.ledger.requestsByType["GetUpdate", default: 0] < 6)
            }
        }
    }

    @Test
    func aCancelOnlyAsksWhileKomodoSaysThatItRuns() async throws {
        let unreadable = FaultRule(
            type: "GetUpdate", times: 4, action: FaultAction(.dropBefore))
        var plan = Bench.Plan()
        plan.retries = 0
        try await Bench.with(plan) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                bench.simulator.script(FaultScript(rules: [unreadable]))
                _ = try await bench.store.cancel(job.row)
                _ = try await bench.wait(for: job) { _ in
                    bench.simulator.ledger.requestsByType["GetUpdate", default: 0] >= 3
                }
                #expect(bench.simulator.ledger.submissions(of: "CancelBuild").isEmpty)
                try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
            }
        }
    }
}
