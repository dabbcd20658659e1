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
        try await enqueue(106)
        let worker = Samples.worker()
        #expect(try await store.claim(worker, limit: 1_000).count == 100)
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

    // MARK: Workers that leave much behind

    private static let most = SQLiteJobStore.handOverMax

    /// Makes ten jobs more than one transaction hands over, all owned by a worker that is dead.
    private func leaveBehind(running: Bool) async throws -> RawDatabase {
        try await enqueue(Self.most + 10)
        var claimed = 0
        while claimed < Self.most + 10 {
            claimed += try await store.claim(Samples.worker(), limit: 1_000).count
        }
        let raw = try RawDatabase(files.path)
        if running {
            try raw.execute(
                """
                UPDATE job SET status = 'running', phase = 'accepted', remote_kind = 'update',
                    remote_id = 'u' || id
                """)
        }
        return raw
    }

    private func owned(by worker: String) async throws -> Int {
        try await store.owned(by: worker).count
    }

    private func workers() async throws -> [String] {
        try await store.workers().map(\.worker.id)
    }

    @Test func aTakeoverHandsOverSoManyJobsAndLosesNoneWhenItIsCutOff() async throws {
        _ = try await leaveBehind(running: true)
        let second = Samples.worker("w2")
        let taken = try await store.takeOver(second, grace: .zero)
        #expect(taken.count == Self.most)
        #expect(try await owned(by: "w1") == 10)
        // It owns something, so whoever comes next must find it.
        #expect(try await workers() == ["w1", "w2"])
        // The second one has died in the middle, and a third finds what both have left.
        let third = Samples.worker("w3")
        var found: Set<Int64> = []
        while true {
            let jobs = try await store.takeOver(third, grace: .zero)
            guard !jobs.isEmpty else { break }
            #expect(jobs.count <= Self.most)
            found.formUnion(jobs.map(\.row))
        }
        #expect(found.count == Self.most + 10)
        #expect(try await owned(by: "w3") == Self.most + 10)
        #expect(try await workers() == ["w3"])
    }

    @Test func jobsWithoutAnOwnerAreTakenSoManyAtATime() async throws {
        let raw = try await leaveBehind(running: true)
        try raw.execute("UPDATE job SET lease_owner = NULL")
        let taken = try await store.takeOver(Samples.worker("w2"), grace: .zero)
        #expect(taken.count == Self.most)
        #expect(try await store.takeOver(Samples.worker("w2"), grace: .zero).count == 10)
        #expect(try await store.takeOver(Samples.worker("w2"), grace: .zero).isEmpty)
        #expect(try await owned(by: "w2") == Self.most + 10)
    }

    @Test(arguments: [true, false])
    func aWorkerThatLeavesGivesBackSoManyJobsAtATime(running: Bool) async throws {
        let raw = try await leaveBehind(running: running)
        // The death of the process in the middle.
        try raw.execute(
            """
            CREATE TRIGGER death BEFORE UPDATE ON job WHEN old.id > \(Self.most)
            BEGIN SELECT raise(ABORT, 'dead'); END
            """)
        await #expect(throws: StoreError.self) { try await store.retire("w1") }
        #expect(try await owned(by: "w1") == 10)
        #expect(try await workers() == ["w1"])
        try raw.execute("DROP TRIGGER death")
        try await store.retire("w1")
        #expect(try await owned(by: "w1") == 0)
        #expect(try await workers().isEmpty)
        let phase = running ? "accepted" : "queued"
        #expect(try raw.int("SELECT count(*) FROM job WHERE phase = '\(phase)'") == Self.most + 10)
    }

    @Test func aNameIsGivenToSoManyJobsAtATimeUntilAllHaveIt() async throws {
        let most = JobTable.placedMax
        let orders = (0..<most + 20).map { _ in
            EnqueueRequest(job: Samples.job { $0.target.id = nil })
        }
        _ = try await store.enqueue(orders)
        let raw = try RawDatabase(files.path)
        let unplaced = "SELECT count(*) FROM job WHERE target_id IS NULL"
        // Whoever knows the name places the oldest, and stands behind all of them.
        _ = try await store.enqueue([EnqueueRequest(job: Samples.job())])
        #expect(try raw.int(unplaced) == 20)
        #expect(try raw.int("SELECT min(id) FROM job WHERE target_id IS NULL") == most + 1)
        // A worker that looks one of the others up places the rest.
        var claimed: JobRecord?
        while claimed?.target.id != nil || claimed == nil {
            let jobs = try await store.claim(Samples.worker(), limit: 2)
            claimed = jobs.first { $0.target.id == nil }
        }
        let lease = try #require(claimed?.lease)
        _ = try await store.assign(Samples.target(1), to: lease)
        #expect(try raw.int(unplaced) == 0)
        #expect(try raw.int("SELECT count(DISTINCT lane) FROM job") == 1)
        #expect(try raw.int("SELECT count(*) FROM job WHERE holds_lane = 1") == 1)
    }

    @Test func cancelsAreToldOfAHundredAtATime() async throws {
        let raw = try await leaveBehind(running: true)
        try raw.execute("UPDATE job SET cancel_requested_at = 1")
        // What is not running yet cannot be passed on, and is in nobody's way.
        try raw.execute(
            """
            UPDATE job SET status = 'starting', phase = 'claimed', remote_kind = NULL,
                remote_id = NULL
            WHERE id <= 200
            """)
        let cancels = try await store.cancelsWaiting("w1")
        #expect(cancels.count == 100)
        #expect(cancels.first?.row == 201)
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
