import JobStore
import Jobs
import KomodoSimulator
import Testing

@testable import JobWorker

/// Jobs that wait, expire, or are waited for no longer.
@Suite(.timeLimit(.minutes(5)))
struct WaitingTests {
    @Test
    func aJobWaitsForKomodoAndSaysWhy() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            bench.simulator.restart(down: .seconds(5))
            try await bench.withWorker { _ in
                let waiting = try await bench.wait(for: job, in: .pending(.backoff))
                #expect(waiting.error?.code == .networkError)
                #expect(waiting.error?.message.contains("Komodo at http") == true)
                #expect(waiting.attempt == 0)
                try await bench.expect(job, endsAs: .success)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aJobThatCannotBeSentInTimeExpires() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web") { $0.startWithin = .seconds(100) }
            bench.simulator.restart(down: .seconds(100))
            try await bench.withWorker { _ in
                _ = try await bench.wait(for: job, in: .pending(.backoff))
                bench.clock.advance(by: .seconds(100))
                let ended = try await bench.expect(job, endsAs: .failed(.expired))
                #expect(ended.error?.message.contains("Never sent") == true)
                #expect(bench.submissions(job) == 0)
            }
        }
    }

    @Test
    func aScheduledJobRunsWhenItsTimeHasCome() async throws {
        try await Bench.with { bench in
            let runAt = bench.clock.store.now() + .seconds(50)
            let job = try await bench.enqueue(.deploy, "web") { $0.runAt = runAt }
            try await bench.withWorker { worker in
                try await worker.passes(3)
                #expect(try await bench.current(job).state == .pending(.scheduled))
                bench.clock.advance(by: .seconds(50))
                let ended = try await bench.expect(job, endsAs: .success)
                let startedAt = try #require(ended.startedAt)
                #expect(startedAt >= runAt)
            }
        }
    }

    @Test
    func anOverdueJobKeepsItsLaneUntilItsOperationEnds() async throws {
        let hang = ResourceFault("web", .hangs, times: 1)
        try await Bench.with(resources: [hang]) { bench in
            try await bench.withWorker { worker in
                let job = try await bench.enqueue(.deploy, "web") {
                    $0.deadline = .milliseconds(400)
                }
                let next = try await bench.enqueue(.restartDeployment, "web")
                let ended = try await bench.expect(job, endsAs: .failed(.deadline))
                #expect(ended.error?.code == .timeoutError)
                #expect(ended.error?.message.contains("may still be working") == true)
                #expect(ended.holdsLane)
                try await worker.passes(4)
                #expect(try await bench.current(next).state == .pending(.held))
                #expect(bench.submissions(next) == 0)
                bench.simulator.restart()
                let late = try await bench.wait(for: job) { !$0.holdsLane }
                #expect(late.state == .failed(.deadline))
                #expect(late.lateOutcome == "late_outcome_interrupted")
                #expect(late.finishedAt == ended.finishedAt)
                #expect(try await !bench.store.logs(of: job.row).isEmpty)
                try await bench.expect(next, endsAs: .success)
            }
        }
    }

    @Test
    func anOverdueOperationIsFollowedByTheNextWorkerToo() async throws {
        let hang = ResourceFault("web", .hangs, times: 1)
        try await Bench.with(resources: [hang]) { bench in
            let job = try await bench.enqueue(.deploy, "web") { $0.deadline = .milliseconds(300) }
            try await bench.withWorker { worker in
                try await bench.expect(job, endsAs: .failed(.deadline))
                worker.stop()
                try await worker.end()
            }
            #expect(try await bench.current(job).holdsLane)
            var plan = WorkerUnderTest.Plan()
            plan.id = "successor"
            try await bench.withWorker(plan) { _ in
                bench.simulator.restart()
                let late = try await bench.wait(for: job) { !$0.holdsLane }
                #expect(late.lateOutcome != nil)
            }
        }
    }

    @Test
    func jobsOfOneLaneRunOneAfterTheOtherInOrder() async throws {
        let operations: [JobOperation] = [
            .deploy, .restartDeployment, .stopDeployment, .startDeployment, .pauseDeployment,
            .unpauseDeployment, .destroyDeployment,
        ]
        let targets = ["web", "api", "db", "cache"]
        try await Bench.with { bench in
            var jobs: [JobRecord] = []
            for operation in operations {
                for target in targets { jobs.append(try await bench.enqueue(operation, target)) }
            }
            try await bench.withWorker { _ in
                for job in jobs {
                    let ended = try await bench.expect(job, endsAs: .success)
                    #expect(ended.attempt == 1)
                }
            }
            for target in targets {
                let sent = bench.simulator.ledger.submissions(target: target).map(\.request)
                #expect(sent == operations.map(\.spec.request))
            }
        }
    }

    @Test
    func moreUrgentJobsOfALaneGoFirst() async throws {
        try await Bench.with { bench in
            let first = try await bench.enqueue(.deploy, "web")
            _ = try await bench.enqueue(.restartDeployment, "web")
            let urgent = try await bench.enqueue(.stopDeployment, "web") { $0.priority = 5 }
            let last = try await bench.enqueue(.startDeployment, "web") { $0.priority = -1 }
            try await bench.withWorker { _ in
                for job in [first, urgent, last] { try await bench.expect(job, endsAs: .success) }
            }
            let sent = bench.simulator.ledger.submissions(target: "web").map(\.request)
            #expect(sent == ["StopDeployment", "Deploy", "RestartDeployment", "StartDeployment"])
        }
    }

    @Test
    func noMoreSubmissionsAreUnderWayThanAllowed() async throws {
        var delay = FaultAction(.delay)
        delay.delayAfter = .milliseconds(250)
        var plan = Bench.Plan()
        plan.extraDeployments = 30
        plan.requestTimeout = .seconds(10)
        plan.faults = FaultScript(rules: [FaultRule(path: "/execute", action: delay)])
        try await Bench.with(plan) { bench in
            let gauge = Gauge()
            var workerPlan = WorkerUnderTest.Plan()
            workerPlan.hooks.reached = { step, _ in
                switch step {
                case .aboutToSend: gauge.rise()
                case .answered: gauge.fall()
                case .claimed, .intentRecorded, .outcomeRecorded, .concluding, .reconciling: return
                }
            }
            var jobs: [JobRecord] = []
            for number in 1...30 {
                let name = "app-\(String(10_000 + number).dropFirst())"
                jobs.append(try await bench.enqueue(.deploy, name))
            }
            try await bench.withWorker(workerPlan) { _ in
                for job in jobs { try await bench.expect(job, endsAs: .success) }
            }
            #expect(gauge.most == 8)
            #expect(bench.simulator.ledger.submissions(of: "Deploy").count == 30)
        }
    }

    @Test
    func onlySoManyJobsAreReconciledAtATimeAndCancelsPassThem() async throws {
        let most = DutyQueue.reconciliationsMax
        let hang = ResourceFault("slow-build", .hangs, times: 1)
        var plan = Bench.Plan()
        plan.extraDeployments = most + 6
        plan.faults = FaultScript(resources: [hang])
        try await Bench.with(plan) { bench in
            let isOpen = Once()
            let reached = Gauge()
            var workerPlan = WorkerUnderTest.Plan()
            workerPlan.hooks.reached = { step, _ in
                guard step == .reconciling else { return }
                reached.rise()
                while !isOpen.hasHappened { await Task.yield() }
            }
            try await bench.withWorker(workerPlan) { worker in
                let build = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: build) { $0.state.status == .running }
                bench.simulator.script(
                    FaultScript(
                        rules: [
                            FaultRule(
                                type: "Deploy", times: most + 6, action: FaultAction(.dropAfter))
                        ], resources: [hang]))
                var jobs: [JobRecord] = []
                for number in 1...(most + 6) {
                    let name = "app-\(String(10_000 + number).dropFirst())"
                    jobs.append(try await bench.enqueue(.deploy, name))
                }
                for job in jobs {
                    _ = try await bench.wait(for: job, in: .starting(.reconciling))
                }
                try await worker.passes(5)
                #expect(reached.most == most)
                // It does not wait behind them.
                _ = try await bench.store.cancel(build.row)
                try await bench.expect(build, endsAs: .cancelled(.remoteCancelled))
                #expect(reached.most == most)
                _ = isOpen.isFirst()
                for job in jobs {
                    try await bench.expect(job, endsAs: .success)
                    #expect(bench.submissions(job) == 1)
                }
            }
        }
    }

    @Test
    func jobsWhoseTargetsCannotBeReadLeaveTheirPlacesToOthers() async throws {
        let most = DutyQueue.reconciliationsMax
        var plan = Bench.Plan()
        plan.extraDeployments = most + 1
        plan.faults = FaultScript(
            rules: [FaultRule(type: "Deploy", times: most + 1, action: FaultAction(.dropAfter))])
        try await Bench.with(plan) { bench in
            let names = (1...(most + 1)).map { "app-\(String(10_000 + $0).dropFirst())" }
            let isMended = Once()
            var workerPlan = WorkerUnderTest.Plan()
            workerPlan.komodo = AlteredKomodo(
                komodo: bench.komodo,
                failsToList: { !isMended.hasHappened && $0.name != names[most] })
            try await bench.withWorker(workerPlan) { _ in
                var jobs: [JobRecord] = []
                for name in names[..<most] { jobs.append(try await bench.enqueue(.deploy, name)) }
                for job in jobs {
                    _ = try await bench.wait(for: job, in: .starting(.reconciling))
                }
                let last = try await bench.enqueue(.deploy, names[most])
                try await bench.expect(last, endsAs: .success)
                for job in jobs {
                    #expect(try await bench.current(job).state == .starting(.reconciling))
                }
                _ = isMended.isFirst()
                for job in jobs + [last] {
                    try await bench.expect(job, endsAs: .success)
                    #expect(bench.submissions(job) == 1)
                }
            }
        }
    }

    @Test
    func aSmallBudgetIsNeverExceededAndJobsStillFinish() async throws {
        var plan = Bench.Plan()
        plan.extraDeployments = 60
        plan.speed = 12
        plan.limits = TokenBucket.Limits(perMinute: 60, burst: 100)
        plan.requestTimeout = .seconds(40)
        plan.timeScale = 0.1
        try await Bench.with(plan) { bench in
            var workerPlan = WorkerUnderTest.Plan()
            workerPlan.policy = WorkerPolicy(heartbeatInterval: .seconds(30))
            var jobs: [JobRecord] = []
            for number in 1...40 {
                let name = "app-\(String(10_000 + number).dropFirst())"
                jobs.append(try await bench.enqueue(.deploy, name))
            }
            try await bench.withWorker(workerPlan) { _ in
                for job in jobs {
                    try await bench.expect(job, endsAs: .success)
                    #expect(bench.submissions(job) == 1)
                }
            }
            let ledger = bench.simulator.ledger
            // A twelfth of a minute, less what requests may gather on their way.
            #expect(ledger.busiestWindow(milliseconds: 4_700) <= bench.plan.limits.burst)
            #expect(ledger.requestCount < 40 * 2 + 60)
        }
    }
}
