import JSON
import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Synchronization
import Testing

/// Submissions whose answer never came.
@Suite(.timeLimit(.minutes(5)))
struct LostAnswerTests {
    static func rule(_ kind: FaultAction.Kind, _ type: String = "Deploy") -> FaultRule {
        FaultRule(type: type, times: 1, action: FaultAction(kind))
    }

    @Test(arguments: [FaultAction.Kind.dropAfter, .resetAfter, .stall, .truncate])
    func aRunThatStartedIsAdopted(_ kind: FaultAction.Kind) async throws {
        try await Bench.with(rules: [Self.rule(kind)]) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.attempt == 1)
                #expect(try await bench.history(job).contains("evidence_found"))
                let entries = bench.simulator.ledger.submissions(of: "Deploy", target: "web")
                #expect(entries.count == 1)
                #expect(ended.remote?.updateID == entries.first?.updateID)
            }
        }
    }

    @Test(arguments: [FaultAction.Kind.dropBefore, .resetBefore])
    func aDeployThatNeverStartedIsSentAgain(_ kind: FaultAction.Kind) async throws {
        try await Bench.with(rules: [Self.rule(kind)]) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(try await bench.history(job).contains("never_started"))
                #expect(ended.attempt == 2)
                #expect(ended.duplicateUpdate == nil)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func whatRunsUserCodeIsNotSentAgain() async throws {
        let jobs: [(JobOperation, String, String)] = [
            (.runProcedure, "nightly", "RunProcedure"), (.triggerAction, "report", "RunAction"),
            (.runSync, "production", "RunSync"), (.buildRepo, "my-repo", "BuildRepo"),
            (.deployStackIfChanged, "monitoring", "DeployStackIfChanged"),
        ]
        let rules = jobs.map { Self.rule(.dropBefore, $0.2) }
        try await Bench.with(rules: rules) { bench in
            try await bench.withWorker { _ in
                var records: [JobRecord] = []
                for (operation, target, _) in jobs {
                    records.append(try await bench.enqueue(operation, target))
                }
                for job in records {
                    let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                    #expect(ended.error?.code == .outcomeUnknown)
                    #expect(ended.candidates.isEmpty)
                    #expect(!ended.holdsLane)
                    #expect(bench.submissions(job) == 0)
                }
            }
        }
    }

    @Test
    func aLostProcedureThatStartedIsAdopted() async throws {
        try await Bench.with(rules: [Self.rule(.dropAfter, "RunProcedure")]) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.runProcedure, "nightly")
                try await bench.expect(job, endsAs: .success)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aTargetThatMayNotBeReadProvesNothing() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            bench.simulator.script(
                FaultScript(
                    rules: [Self.rule(.dropAfter)], resources: [ResourceFault("web", .forbidden)]))
            try await bench.withWorker { worker in
                let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                #expect(ended.error?.message.contains("may not read") == true)
                try await worker.passes(3)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test
    func aTargetThatIsGoneProvesNothing() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            bench.simulator.script(
                FaultScript(
                    rules: [Self.rule(.dropBefore)], resources: [ResourceFault("web", .missing)]))
            try await bench.withWorker { _ in
                let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                #expect(ended.error?.message.contains("is gone") == true)
                #expect(bench.submissions(job) == 0)
            }
        }
    }

    /// Shifts of the wall clock before the intent and before the search.
    private static let shifts: [(Duration, Duration)] = [
        (.seconds(3_600), .seconds(-3_600)), (.seconds(-3_600), .seconds(3_600)),
        (.zero, .seconds(-3_600)), (.zero, .seconds(3_600)),
    ]

    @Test(arguments: shifts)
    func aRunIsFoundWhateverTheClockIsSetTo(_ before: Duration, _ after: Duration) async throws {
        try await Bench.with(rules: [Self.rule(.dropAfter)]) { bench in
            var plan = WorkerUnderTest.Plan()
            plan.hooks.reached = { step, _ in
                switch step {
                case .claimed: bench.clock.setWallClock(by: before)
                case .reconciling: bench.clock.setWallClock(by: after)
                default: break
                }
            }
            let job = try await bench.enqueue(.deploy, "web")
            try await bench.withWorker(plan) { _ in
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(try await !bench.history(job).contains("never_started"))
                #expect(ended.attempt == 1)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    /// Moments on the clock since boot.
    private final class Moments: Sendable {
        private let noted = Mutex<[Int64]>([])
        var all: [Int64] { noted.withLock { $0 } }
        func note(_ moment: Int64) { noted.withLock { $0.append(moment) } }
    }

    /// The shortest time from a lost answer to an end without knowledge, or to the next request.
    private static func leastWait(_ bench: Bench, _ plan: WorkerUnderTest.Plan) -> Int64 {
        (bench.plan.requestTimeout + plan.policy.reconcileGrace).inMilliseconds
    }

    @Test
    func theClockSetForwardDoesNotShortenTheWait() async throws {
        try await Bench.with(rules: [Self.rule(.dropBefore)]) { bench in
            var plan = WorkerUnderTest.Plan()
            let moments = Moments()
            plan.hooks.reached = { step, _ in
                switch step {
                case .answered, .intentRecorded: moments.note(bench.clock.store.sinceBoot())
                case .reconciling: bench.clock.setWallClock(by: .seconds(600))
                default: break
                }
            }
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deploy, "web")
                try await bench.expect(job, endsAs: .success)
            }
            // Intent and answer of the first request, then those of the second.
            let noted = moments.all
            try #require(noted.count == 4)
            #expect(noted[2] - noted[1] >= Self.leastWait(bench, plan))
        }
    }

    @Test
    func aTargetThatMayNotBeReadKeepsItsLaneWhileARequestMayTravel() async throws {
        try await Bench.with { bench in
            let job = try await bench.enqueue(.deploy, "web")
            bench.simulator.script(
                FaultScript(
                    rules: [Self.rule(.dropAfter)], resources: [ResourceFault("web", .forbidden)]))
            var plan = WorkerUnderTest.Plan()
            let moments = Moments()
            plan.hooks.reached = { step, _ in
                if step == .answered { moments.note(bench.clock.store.now().milliseconds) }
            }
            try await bench.withWorker(plan) { _ in
                let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                let finishedAt = try #require(ended.finishedAt?.milliseconds)
                let answeredAt = try #require(moments.all.first)
                #expect(finishedAt - answeredAt >= Self.leastWait(bench, plan))
            }
        }
    }

    /// After an outcome that stayed unknown its request surfaces; then the next job loses its own
    /// answer, and perhaps its request.
    @Test(arguments: [FaultAction.Kind.dropAfter, .dropBefore])
    func theRunOfAnUnknownJobIsNotTakenForTheNextOne(_ kind: FaultAction.Kind) async throws {
        let lost = Self.rule(.dropBefore, "RunProcedure")
        try await Bench.with(rules: [lost]) { bench in
            try await bench.withWorker { _ in
                let first = try await bench.enqueue(.runProcedure, "nightly")
                let unknown = try await bench.expect(first, endsAs: .failed(.outcomeUnknown))
                let surfaced = await bench.komodo.submit(
                    Submission(operation: .runProcedure, target: unknown.target, arguments: [:])
                ) { true }
                let stray = try #require(surfaced.update?.id)
                bench.simulator.script(
                    FaultScript(rules: [Self.rule(kind, "RunProcedure")]))
                let second = try await bench.enqueue(.runProcedure, "nightly")
                #expect(second.row != first.row)
                let end = kind == .dropAfter ? JobState.success : .failed(.outcomeUnknown)
                let ended = try await bench.expect(second, endsAs: end)
                #expect(ended.remote?.updateID != stray && ended.candidates.isEmpty)
            }
        }
    }

    /// Two runs by the same user, of which only one can be the job's.
    private static func withTwoCandidates(
        _ body: @escaping @Sendable (Bench, JobRecord) async throws -> Void
    ) async throws {
        try await Bench.with(rules: [rule(.dropAfter)]) { bench in
            var plan = WorkerUnderTest.Plan()
            let isFirst = Mutex(true)
            plan.hooks.reached = { step, job in
                guard step == .reconciling,
                    isFirst.withLock({ isFirst in
                        defer { isFirst = false }
                        return isFirst
                    })
                else { return }
                _ = await bench.komodo.submit(
                    Submission(operation: .deploy, target: job.target, arguments: [:])
                ) { true }
            }
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
                #expect(ended.candidates.count == 2)
                try await body(bench, ended)
            }
        }
    }

    @Test
    func anAdoptedCandidateIsFollowedByANewJob() async throws {
        try await Self.withTwoCandidates { bench, job in
            let first = try #require(
                bench.simulator.ledger.submissions(of: "Deploy").first?.updateID)
            #expect(job.candidates.contains(first))
            let next = try await bench.store.resolve(job.row, .adopt(first), by: Bench.caller)
            let ended = try await bench.expect(next, endsAs: .success)
            #expect(ended.remote?.updateID == first)
            #expect(ended.retryOf == job.id.token)
            #expect(bench.submissions(job) == 2)
            #expect(try await bench.current(job).state == .failed(.outcomeUnknown))
        }
    }

    @Test
    func aRetriedUnknownRunsAsANewJob() async throws {
        try await Self.withTwoCandidates { bench, job in
            let next = try await bench.store.resolve(job.row, .retry, by: Bench.caller)
            try await bench.expect(next, endsAs: .success)
            #expect(bench.submissions(job) >= 3)
        }
    }

    @Test
    func aSettledUnknownStaysAsItIs() async throws {
        try await Self.withTwoCandidates { bench, job in
            let settled = try await bench.store.resolve(job.row, .fail, by: Bench.caller)
            #expect(settled.row == job.row)
            await #expect(throws: StoreError.self) {
                try await bench.store.resolve(job.row, .retry, by: Bench.caller)
            }
            #expect(bench.submissions(job) == 2)
        }
    }

    @Test
    func anUpdateThatSurfacesAfterAResendIsReported() async throws {
        try await Bench.with(rules: [Self.rule(.dropBefore)]) { bench in
            var plan = WorkerUnderTest.Plan()
            plan.hooks.reached = { step, job in
                // What was believed lost arrives after all, late, while the second one runs.
                guard step == .concluding, job.attempt == 2 else { return }
                _ = await bench.komodo.submit(
                    Submission(operation: .deploy, target: job.target, arguments: [:])
                ) { true }
            }
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deploy, "web")
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.duplicateUpdate != nil)
                #expect(try await bench.history(job).contains("duplicate_detected"))
            }
        }
    }

    @Test
    func theGraceBeginsAnewWithEveryReadThatFails() async throws {
        let reads = FaultRule(
            type: "ListUpdates", every: 2, times: 6, action: FaultAction(.dropBefore))
        var plan = Bench.Plan()
        plan.faults = FaultScript(rules: [Self.rule(.dropBefore), reads])
        plan.retries = 0
        try await Bench.with(plan) { bench in
            try await bench.withWorker { _ in
                let job = try await bench.enqueue(.deploy, "web")
                try await bench.expect(job, endsAs: .success)
                let requests = bench.simulator.ledger.requests
                let sent = requests.filter { $0.type == "Deploy" }.map(\.time)
                #expect(sent.count == 2)
                #expect(bench.submissions(job) == 1)
            }
        }
    }
}
