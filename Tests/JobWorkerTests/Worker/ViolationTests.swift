import JobStore
import JobWorker
import Jobs
import KomodoClient
import KomodoSimulator
import Synchronization
import Testing

/// Changes that the database refuses because they would break one of its rules.
@Suite(.timeLimit(.minutes(5)))
struct ViolationTests {
    /// Gives `update` to a job of another worker.
    private static func adopt(_ update: String, _ bench: Bench) async throws -> JobRecord {
        let ghost = try await Ghost(bench, "owner")
        _ = try await bench.enqueue(.deploy, "api")
        let job = try await ghost.recordIntent()
        return try await ghost.advance(job, .submitted(.accepted(.update(update))))
    }

    @Test
    func whatBreaksARuleIsAViolation() async throws {
        try await Bench.with { bench in
            let update = String(repeating: "a", count: 24)
            _ = try await Self.adopt(update, bench)
            let job = try await bench.enqueue(.deploy, "web")
            let ghost = try await Ghost(bench)
            let lease = try #require(try await ghost.recordIntent().lease)
            let error = await #expect(throws: StoreError.self) {
                try await bench.store.advance(
                    lease, by: .submitted(.accepted(.update(update))), Findings())
            }
            #expect(error?.code == .violated)
            #expect(error?.message.contains("UNIQUE") == true)
            #expect(try await bench.current(job).state == .starting(.sending))
        }
    }

    /// Expects a job that runs, if at all, under an update that belongs to another job.
    private static func expectContested(
        _ job: JobRecord, _ update: String, owner: JobRecord, _ bench: Bench
    ) async throws {
        let ended = try await bench.expect(job, endsAs: .failed(.outcomeUnknown))
        #expect(ended.candidates == [update])
        #expect(ended.error?.code == .outcomeUnknown)
        #expect(ended.error?.message.contains("\(owner.id)") == true)
        #expect(ended.error?.message.contains("resolve") == true)
        #expect(!ended.holdsLane && ended.leaseOwner == nil)
        #expect(try await bench.current(owner).remote == .update(update))
    }

    @Test
    func anAnswerWithTheUpdateOfAnotherJobLeavesTheOutcomeOpen() async throws {
        try await Bench.with { bench in
            let update = String(repeating: "a", count: 24)
            let owner = try await Self.adopt(update, bench)
            var plan = WorkerUnderTest.Plan()
            let isFirst = Once()
            plan.komodo = AlteredKomodo(komodo: bench.komodo) { submission in
                guard submission.target.name == "web", isFirst.isFirst() else { return nil }
                return SubmissionResult(.accepted(.update(update)))
            }
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deploy, "web")
                try await Self.expectContested(job, update, owner: owner, bench)
                #expect(bench.submissions(job) == 0)
                let next = try await bench.store.resolve(job.row, .retry, by: Bench.caller)
                try await bench.expect(next, endsAs: .success)
            }
        }
    }

    @Test
    func evidenceThatAnotherJobTakesFirstLeavesTheOutcomeOpen() async throws {
        try await Bench.with(rules: [LostAnswerTests.rule(.dropAfter)]) { bench in
            let ghost = try await Ghost(bench, "owner")
            _ = try await bench.enqueue(.deploy, "api")
            let sending = try await ghost.recordIntent()
            let owner = Mutex<JobRecord?>(nil)
            var plan = WorkerUnderTest.Plan()
            plan.store = FaultyStore(
                store: bench.store,
                before: { call, _ throws(StoreError) in
                    guard case .advance(.evidenceFound(.update(let update))) = call,
                        owner.withLock({ $0 }) == nil
                    else { return }
                    do {
                        let job = try await ghost.advance(
                            sending, .submitted(.accepted(.update(update))))
                        owner.withLock { $0 = job }
                    } catch {
                        Issue.record("nobody else took it: \(error)")
                    }
                })
            try await bench.withWorker(plan) { _ in
                let job = try await bench.enqueue(.deploy, "web")
                _ = try await bench.end(of: job)
                let entry = try #require(
                    bench.simulator.ledger.submissions(of: "Deploy", target: "web").first)
                try await Self.expectContested(
                    job, try #require(entry.updateID),
                    owner: try #require(owner.withLock { $0 }), bench)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    /// Where a job's row refuses to be changed.
    enum Place: CaseIterable, Sendable {
        case intent, answer, evidence, absence, progress, conclusion, health

        func matches(_ call: FaultyStore.Call) -> Bool {
            switch (self, call) {
            case (.intent, .recordIntent): true
            case (.answer, .advance(.submitted(.accepted))): true
            case (.evidence, .advance(.evidenceFound)): true
            case (.absence, .advance(.evidenceAbsent)): true
            case (.progress, .advance(.progressed)): true
            case (.conclusion, .advance(.concluded)): true
            case (.health, .advance(.becameHealthy)): true
            default: false
            }
        }

        /// Whether the job can end without it: an answer is found again by reconciliation, and that
        /// an operation is in progress need not be noted.
        var hasWayRound: Bool {
            switch self {
            case .answer, .progress: true
            case .intent, .evidence, .absence, .conclusion, .health: false
            }
        }

        /// What has to happen to the submission for the job to get there.
        var fault: FaultAction.Kind? {
            switch self {
            case .evidence: .dropAfter
            case .absence: .dropBefore
            case .intent, .answer, .progress, .conclusion, .health: nil
            }
        }
    }

    @Test(arguments: Place.allCases)
    func aJobThatCannotBeWrittenRestsWhileOthersGoOn(_ place: Place) async throws {
        let rules = place.fault.map {
            FaultRule(type: "Deploy", target: "web", times: 1, action: FaultAction($0))
        }
        try await Bench.with(rules: rules.map { [$0] } ?? []) { bench in
            let job = try await bench.enqueue(.deploy, place == .progress ? "slow" : "web") {
                $0.waitsForHealth = true
            }
            let isMended = Once()
            let refusals = Mutex(0)
            var plan = WorkerUnderTest.Plan()
            plan.policy.submissionsMax = 2
            plan.store = FaultyStore(
                store: bench.store,
                before: { call, row throws(StoreError) in
                    guard row == job.row, place.matches(call), !isMended.hasHappened else { return }
                    refusals.withLock { $0 += 1 }
                    throw StoreError(.violated, "CHECK constraint failed.")
                })
            try await bench.withWorker(plan) { worker in
                _ = try await bench.wait(for: job, "never refused:") { _ in
                    refusals.withLock { $0 } > 0
                }
                for target in ["api", "db", "cache"] {
                    let other = try await bench.enqueue(.deploy, target)
                    try await bench.expect(other, endsAs: .success)
                }
                try await worker.passes(12)
                // Pauses of 50 ms and more, doubling.
                #expect(refusals.withLock { $0 } < 12)
                let isOver = try await bench.current(job).state.isTerminal
                #expect(!isOver || place.hasWayRound)
                _ = isMended.isFirst()
                try await bench.expect(job, endsAs: .success)
                #expect(bench.submissions(job) == 1)
            }
        }
    }

    @Test(arguments: [FaultyStore.Call.tick, .claim])
    func aPassThatIsRefusedIsNotRepeatedAtOnce(_ call: FaultyStore.Call) async throws {
        try await Bench.with { bench in
            let running = try await bench.enqueue(.deploy, "slow")
            let isMended = Once()
            let isBroken = Once()
            let refusals = Mutex(0)
            var plan = WorkerUnderTest.Plan()
            plan.store = FaultyStore(
                store: bench.store,
                before: { made, _ throws(StoreError) in
                    guard made == call, isBroken.hasHappened, !isMended.hasHappened else { return }
                    refusals.withLock { $0 += 1 }
                    // As a failed write does.
                    do {
                        try await bench.store.heartbeat(.test("worker"))
                        try await bench.store.watchLogs(
                            of: running.row, until: bench.clock.store.now())
                    } catch {
                        Issue.record("no ring: \(error)")
                    }
                    throw StoreError(.violated, "CHECK constraint failed.")
                })
            try await bench.withWorker(plan) { worker in
                _ = try await bench.wait(for: running) { $0.state.status == .running }
                _ = isBroken.isFirst()
                // The tick is for what waits.
                let waiting = try await bench.enqueue(.deploy, "api") {
                    $0.runAt = bench.clock.store.now() + .seconds(3)
                }
                let job = try await bench.enqueue(.deploy, "web")
                try await bench.expect(running, endsAs: .success)
                if call == .tick { try await bench.expect(job, endsAs: .success) }
                _ = try await bench.wait(for: waiting, "never refused:") { _ in
                    refusals.withLock { $0 } > 3
                }
                #expect(refusals.withLock { $0 } < 50)
                _ = isMended.isFirst()
                try await bench.expect(job, endsAs: .success)
            }
        }
    }
}
