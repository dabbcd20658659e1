import Jobs
import Testing

@testable import JobStore

/// The most that one transaction or one answer takes on.
@Suite(.timeLimit(.minutes(2)))
struct StoreBoundsTests {
    private let files: SQLiteFiles
    private let store: SQLiteJobStore

    init() throws {
        files = try SQLiteFiles()
        store = try files.open()
    }

    /// Stores so many jobs, each for a target of its own.
    private func enqueue(_ count: Int, _ change: (inout NewJob) -> Void = { _ in }) async throws {
        let requests = (1...count).map { number in
            EnqueueRequest(job: Samples.job(.deploy, number, change))
        }
        let results = try await store.enqueue(requests)
        #expect(results.count == count)
    }

    @Test func aClaimLooksAtSoManyDueJobsOnly() async throws {
        try await enqueue(70)
        let worker = Samples.worker()
        #expect(try await store.claim(worker, limit: 1_000).count == 64)
        #expect(try await store.claim(worker, limit: 1_000).count == 6)
    }

    @Test func aTickWakesSoManyJobsOnly() async throws {
        let moment = files.clock.now + .seconds(10)
        try await enqueue(510) { $0.runAt = moment }
        files.clock.advance(.seconds(11))
        let first = try await store.tick(instance: Samples.instance)
        #expect(first.woken == 500)
        // The rest is due at once.
        #expect(first.nextAt == moment)
        #expect(try await store.tick(instance: Samples.instance).woken == 10)
    }

    @Test func aTickEndsSoManyJobsOnly() async throws {
        try await enqueue(510) { $0.startWithin = .seconds(60) }
        files.clock.advance(.seconds(61))
        #expect(try await store.tick(instance: Samples.instance).expired.count == 500)
        #expect(try await store.tick(instance: Samples.instance).expired.count == 10)
    }

    @Test func aPageHasAThousandJobsAtMost() {
        #expect(JobQuery(limit: 5_000).limit == JobQuery.limitMax)
        #expect(JobQuery(limit: JobQuery.limitMax).limit == JobQuery.limitMax)
        #expect(JobQuery(limit: 0).limit == 1)
    }

    @Test func expiredNoncesAreForgottenAHundredAtATime() async throws {
        let expiry = files.clock.now + .seconds(1)
        for number in 0..<150 {
            #expect(try await store.spend("n\(number)", until: expiry))
        }
        let raw = try RawDatabase(files.path)
        let count = "SELECT count(*) FROM spent_nonce"
        #expect(try raw.int(count) == 150)
        files.clock.advance(.seconds(2))
        let later = files.clock.now + .seconds(60)
        #expect(try await store.spend("a", until: later))
        #expect(try raw.int(count) == 51)
        #expect(try await store.spend("b", until: later))
        #expect(try raw.int(count) == 2)
    }
}
