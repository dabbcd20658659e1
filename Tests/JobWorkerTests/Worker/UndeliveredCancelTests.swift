import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Synchronization
import Testing

/// Cancels that do not get through to Komodo.
@Suite(.timeLimit(.minutes(5)))
struct UndeliveredCancelTests {
    /// Why a cancel does not get through, though nothing of it reached Komodo.
    static let outcomes: [SubmissionOutcome] = [
        .undelivered(JobError(.networkError, "no route")),
        .throttled(JobError(.rateLimitError, "slow down"), retryAfter: nil),
        .unauthorized(JobError(.authenticationError, "no")),
        .unavailable(JobError(.serverError, "no database")),
        .busy(JobError(.conflict, "busy")), .withheld,
    ]

    private static func plan(_ bench: Bench) -> WorkerUnderTest.Plan {
        var plan = WorkerUnderTest.Plan()
        plan.policy.pollScale = 0.02
        return plan
    }

    /// Starts a build that ends only when it is cancelled.
    private static func withHangingBuild(
        _ body: @escaping @Sendable (Bench) async throws -> Void
    ) async throws {
        try await Bench.with(resources: [ResourceFault("slow-build", .hangs)], body)
    }

    @Test(arguments: outcomes)
    func itIsTriedAgainUntilItArrives(_ outcome: SubmissionOutcome) async throws {
        try await Self.withHangingBuild { bench in
            let tries = Mutex(0)
            let isOpen = Once()
            var plan = Self.plan(bench)
            plan.komodo = AlteredKomodo(komodo: bench.komodo) { submission in
                guard submission.operation == .cancelBuild else { return nil }
                tries.withLock { $0 += 1 }
                return isOpen.hasHappened ? nil : SubmissionResult(outcome)
            }
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                _ = try await bench.store.cancel(job.row)
                _ = try await bench.wait(for: job, "no more tries:") { _ in
                    tries.withLock { $0 } >= 7
                }
                _ = try await bench.wait(for: job, "still sent:") { $0.cancelSentAt == nil }
                _ = isOpen.isFirst()
                let ended = try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
                #expect(ended.cancelSentAt != nil)
                let history = try await bench.history(job)
                #expect(history.filter { $0 == "cancel_undelivered" }.count == 1, "\(history)")
                #expect(history.filter { $0 == "cancel_sent" }.count == 1, "\(history)")
                #expect(bench.simulator.ledger.submissions(of: "CancelBuild").count == 1)
            }
        }
    }

    /// A machine that slept between the look and the cancel must not cancel somebody else's run.
    @Test
    func whatWasSeenTooLongAgoIsLookedAtAgain() async throws {
        try await Self.withHangingBuild { bench in
            let sleep = Once()
            var plan = Self.plan(bench)
            plan.komodo = AlteredKomodo(komodo: bench.komodo) { submission in
                if submission.operation == .cancelBuild, sleep.isFirst() {
                    bench.clock.advance(by: .seconds(6))
                }
                return nil
            }
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                _ = try await bench.store.cancel(job.row)
                try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
                let history = try await bench.history(job)
                #expect(history.filter { $0 == "cancel_undelivered" }.count == 1, "\(history)")
                #expect(bench.simulator.ledger.submissions(of: "CancelBuild").count == 1)
            }
        }
    }

    @Test
    func whatKomodoNeverAnswersIsSentAFewTimesOnly() async throws {
        try await Self.withHangingBuild { bench in
            let tries = Mutex(0)
            var plan = Self.plan(bench)
            var komodo = AlteredKomodo(komodo: bench.komodo) { submission in
                guard submission.operation == .cancelBuild else { return nil }
                tries.withLock { $0 += 1 }
                return SubmissionResult(.ambiguous(JobError(.networkError, "reset")))
            }
            // Looks come at their old pace.
            komodo.feed = ScriptedFeed(opens: false)
            plan.komodo = komodo
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                _ = try await bench.store.cancel(job.row)
                _ = try await bench.wait(for: job, "five tries:") { _ in
                    tries.withLock { $0 } >= 5
                }
                // As many looks at the build take longer than any pause between tries.
                let looks = bench.simulator.ledger.requestsByType["ListUpdates"] ?? 0
                _ = try await bench.wait(for: job, "thirty looks:") { _ in
                    bench.simulator.ledger.requestsByType["ListUpdates"] ?? 0 >= looks + 30
                }
                #expect(tries.withLock { $0 } == 5)
                let history = try await bench.history(job)
                #expect(history.filter { $0 == "cancel_unanswered" }.count == 1, "\(history)")
            }
        }
    }

    @Test
    func withoutABudgetItWaitsLongerEachTimeAndSaysSoOnce() async throws {
        try await Self.withHangingBuild { bench in
            let refusals = Mutex(0)
            var plan = Self.plan(bench)
            plan.store = FaultyStore(
                store: bench.store,
                answer: {
                    refusals.withLock { refusals in
                        refusals += 1
                        return refusals <= 11 ? .refused(wait: .milliseconds(1)) : nil
                    }
                })
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                let before = bench.simulator.ledger.requestsByType["GetUpdate", default: 0]
                _ = try await bench.store.cancel(job.row)
                _ = try await bench.wait(for: job, "not refused:") { _ in
                    refusals.withLock { $0 } >= 10
                }
                // Without a token nothing is asked.
                #expect(bench.simulator.ledger.requestsByType["GetUpdate", default: 0] == before)
                try await bench.expect(job, endsAs: .cancelled(.remoteCancelled))
                let history = try await bench.history(job)
                #expect(history.filter { $0 == "cancel_undelivered" }.count == 1, "\(history)")
            }
        }
    }

    @Test
    func aRunThatEndsByItselfEndsTheTries() async throws {
        try await Bench.with { bench in
            let tries = Mutex(0)
            var plan = Self.plan(bench)
            plan.komodo = AlteredKomodo(komodo: bench.komodo) { submission in
                guard submission.operation == .cancelBuild else { return nil }
                tries.withLock { $0 += 1 }
                return SubmissionResult(.undelivered(JobError(.networkError, "no route")))
            }
            try await bench.withWorker(plan) { worker in
                let job = try await bench.enqueue(.build, "slow-build")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                _ = try await bench.store.cancel(job.row)
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.cancelSentAt == nil)
                let asked = tries.withLock { $0 }
                #expect(asked >= 1)
                try await worker.passes(6)
                #expect(tries.withLock { $0 } == asked)
            }
        }
    }

    @Test
    func aSecondWorkerSaysSoToo() async throws {
        try await Self.withHangingBuild { bench in
            let job = try await bench.enqueue(.build, "slow-build")
            for id in ["first", "second"] {
                var plan = Self.plan(bench)
                plan.id = id
                plan.komodo = AlteredKomodo(komodo: bench.komodo) { submission in
                    guard submission.operation == .cancelBuild else { return nil }
                    return SubmissionResult(.undelivered(JobError(.networkError, "no route")))
                }
                try await bench.withWorker(plan) { worker in
                    _ = try await bench.wait(for: job, in: .running(.inProgress))
                    _ = try await bench.store.cancel(job.row)
                    _ = try await bench.wait(for: job, "not told:") { _ in
                        try await Self.tellers(job, bench).contains(id)
                    }
                    try await worker.passes(4)
                    worker.stop()
                    try await worker.end()
                }
            }
            #expect(try await Self.tellers(job, bench) == ["first", "second"])
        }
    }

    /// Who wrote that the cancel did not get through.
    private static func tellers(_ job: JobRecord, _ bench: Bench) async throws -> [String?] {
        try await bench.store.events(EventQuery(job.row)).events
            .filter { $0.reason == "cancel_undelivered" }.map(\.worker)
    }

    @Test
    func aKomodoThatIsTooOldRefusesOnce() async throws {
        var plan = Bench.Plan()
        plan.version = "1.19.5"
        // Long enough for a slow machine to cancel before the end.
        plan.timeScale = 0.06
        try await Bench.with(plan) { bench in
            try await bench.withWorker { worker in
                let job = try await bench.enqueue(.runProcedure, "slow-procedure")
                _ = try await bench.wait(for: job, in: .running(.inProgress))
                _ = try await bench.store.cancel(job.row)
                try await worker.passes(4)
                let ended = try await bench.expect(job, endsAs: .success)
                #expect(ended.cancelSentAt != nil)
                let events = try await bench.store.events(EventQuery(job.row)).events
                let told = events.filter { $0.reason.hasPrefix("cancel_refused") }
                #expect(told.count == 1)
                #expect(told.first?.detail?.contains("needs Komodo 2.3.0") == true)
            }
        }
    }
}
