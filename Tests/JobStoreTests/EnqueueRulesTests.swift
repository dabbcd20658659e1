import Jobs
import Testing

@testable import JobStore

/// When a request joins, waits or is refused because of other jobs of its target.
@Suite(.timeLimit(.minutes(2)))
struct EnqueueRulesTests {
    /// How a job that comes first can wait; the last three are for what has held the lane before.
    enum Waiting: String, Sendable, CaseIterable {
        case queued, held, throttled, backoff
    }

    /// A job of target 1 that waits.
    private func waiter(
        _ test: StoreUnderTest, _ waiting: Waiting
    ) async throws -> JobRecord {
        let job = try await test.enqueue()
        guard waiting != .queued else { return job }
        let claimed = try await test.claim(job)
        switch waiting {
        case .queued: return job
        case .held:
            return try await test.apply(
                .submitted(.busy(Samples.problem)), to: try await test.send(claimed))
        case .throttled:
            return try await test.apply(.budgetExhausted(wait: .seconds(5)), to: claimed)
        case .backoff:
            return try await test.apply(
                .submitted(.undelivered(Samples.problem)), to: try await test.send(claimed))
        }
    }

    private func conflict(_ result: EnqueueResult) -> String? {
        guard case .refused(let error) = result, error.code == .conflict else { return nil }
        return error.message
    }

    @Test(arguments: StoreFactory.all, Waiting.allCases)
    func aTargetThatAnotherJobWaitsForIsBusy(
        factory: StoreFactory, waiting: Waiting
    ) async throws {
        let test = try await factory.make()
        let first = try await waiter(test, waiting)
        #expect(first.state.phase?.rawValue == waiting.rawValue)
        let refused = try await test.result(.restartDeployment) { $0.onBusy = .fail }
        let message = try #require(conflict(refused), "\(refused)")
        #expect(message.contains("\(first.id)"))
        #expect(try await test.store.jobs(JobQuery()).jobs.count == 1)
        // Others are not in the way of it, nor it in theirs.
        try await test.enqueue(.restartDeployment, 2) { $0.onBusy = .fail }
        try await test.enqueue(.restartDeployment) { $0.instance = "https://other.example" }
        try await test.enqueue(.restartDeployment)
    }

    @Test(arguments: StoreFactory.all)
    func theHolderIsNamedBeforeThoseThatWait(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let holder = try await test.running(update: "u1")
        try await test.enqueue(.restartDeployment)
        let refused = try await test.result(.stopDeployment) { $0.onBusy = .fail }
        #expect(conflict(refused)?.contains("\(holder.id)") == true, "\(refused)")
    }

    @Test(arguments: StoreFactory.all)
    func aJobThatIsNotDueDoesNotMakeItsTargetBusy(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let scheduled = try await test.enqueue { $0.runAt = test.clock.now + .seconds(60) }
        try await test.enqueue(.restartDeployment, 1) { $0.onBusy = .fail }
        for job in try await test.claim() { _ = try await test.store.cancel(job.row) }
        try await test.pass(.seconds(60))
        let refused = try await test.result(.stopDeployment) { $0.onBusy = .fail }
        #expect(conflict(refused)?.contains("\(scheduled.id)") == true, "\(refused)")
    }

    @Test(arguments: StoreFactory.all)
    func finishedAndExpiredJobsDoNotMakeTheirTargetBusy(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let cancelled = try await test.enqueue()
        _ = try await test.store.cancel(cancelled.row)
        // Nobody works, so nobody has noticed yet that it is over.
        try await test.enqueue { $0.startWithin = .seconds(5) }
        test.clock.advance(.seconds(5))
        try await test.enqueue(.restartDeployment) { $0.onBusy = .fail }
    }

    @Test(arguments: StoreFactory.all)
    func aCancelIsNotStoppedByWhatItCancels(factory: StoreFactory) async throws {
        let test = try await factory.make()
        try await test.enqueue(.build)
        try await test.enqueue(.cancelBuild) { $0.onBusy = .fail }
        let second = try await test.result(.cancelBuild) { $0.onBusy = .fail }
        #expect(conflict(second) != nil, "\(second)")
    }

    @Test(arguments: StoreFactory.all)
    func anEarlierJobWhoseTargetWasOnlyNamedMakesItBusy(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let named = try await test.enqueue { $0.target.id = nil }
        let refused = try await test.result(.restartDeployment) { $0.onBusy = .fail }
        #expect(conflict(refused)?.contains("\(named.id)") == true, "\(refused)")
    }

    @Test(arguments: StoreFactory.all)
    func anEqualJobThatWaitsIsJoinedInsteadOfRefusing(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.enqueue()
        let again = try await test.result {
            $0.isNew = false
            $0.onBusy = .fail
        }
        #expect(again == .joined(job))
        let another = try await test.result { $0.onBusy = .fail }
        #expect(conflict(another)?.contains("\(job.id)") == true, "\(another)")
    }

    @Test(arguments: StoreFactory.all)
    func aJobThatIsBeingCancelledIsNotJoined(factory: StoreFactory) async throws {
        let test = try await factory.make()
        let job = try await test.running(update: "u1")
        _ = try await test.store.cancel(job.row)
        let cancelling = try await test.now(job)
        #expect(cancelling.cancelRequestedAt != nil && !cancelling.state.isTerminal)
        let next = try await test.enqueue { $0.isNew = false }
        #expect(next.id != job.id && next.state == .pending(.held))
        // What joins is the job after it.
        #expect(try await test.result { $0.isNew = false } == .joined(next))
    }

    @Test func lookingForABusyTargetReadsUnfinishedJobsAlone() async throws {
        let files = try SQLiteFiles()
        let store = try files.open()
        let log = try await StatementLog(store)
        _ = try await store.enqueue([
            EnqueueRequest(job: Samples.job { $0.onBusy = .fail })
        ])
        let statements = log.matching("min(id) FROM job")
        let sql = try #require(statements.count == 1 ? statements.first : nil, "\(statements)")
        let plan = try await log.plan(sql)
        #expect(plan == ["SEARCH job USING INDEX job_unfinished (instance=?)"], "\(plan)")
    }
}
