import JobStore
import Jobs
import Testing

/// The steps of a job's life, each failing the test when it does not go as planned.
extension StoreUnderTest {
    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    /// Stores a job that must be new.
    @discardableResult
    func enqueue(
        _ operation: JobOperation = .deploy, _ target: Int = 1,
        _ change: (inout NewJob) -> Void = { _ in }
    ) async throws -> JobRecord {
        try await created(EnqueueRequest(job: Samples.job(operation, target, change)))
    }

    func created(_ request: EnqueueRequest) async throws -> JobRecord {
        let result = try await result(of: request)
        guard case .created(let job) = result else { throw Unexpected(description: "\(result)") }
        return job
    }

    /// What becomes of one request.
    func result(of request: EnqueueRequest) async throws -> EnqueueResult {
        let results = try await store.enqueue([request])
        return try #require(results.count == 1 ? results.first : nil)
    }

    func result(
        _ operation: JobOperation = .deploy, _ target: Int = 1,
        _ change: (inout NewJob) -> Void = { _ in }
    ) async throws -> EnqueueResult {
        try await result(of: EnqueueRequest(job: Samples.job(operation, target, change)))
    }

    /// Lets a worker take what is due.
    func claim(_ worker: WorkerRecord = Samples.worker(), limit: Int = 50) async throws
        -> [JobRecord]
    {
        try await store.claim(worker, limit: limit)
    }

    /// Lets a worker take the one job that is due.
    func claimOne(_ worker: WorkerRecord = Samples.worker()) async throws -> JobRecord {
        let jobs = try await claim(worker)
        guard jobs.count == 1, let job = jobs.first else {
            throw Unexpected(description: "\(jobs.count) jobs instead of one")
        }
        return job
    }

    /// Lets a worker take the job that is first in the queue, which must be this one.
    func claim(_ job: JobRecord, _ worker: WorkerRecord = Samples.worker()) async throws
        -> JobRecord
    {
        let claimed = try await claim(worker, limit: 1).first
        guard let claimed, claimed.row == job.row else {
            throw Unexpected(description: "not \(job.id) but \(claimed?.id as JobID?)")
        }
        return claimed
    }

    /// Writes down the intent to send a claimed job.
    func send(_ job: JobRecord) async throws -> JobRecord {
        let result = try await store.recordIntent(try lease(of: job), Samples.intent())
        guard case .recorded(let job) = result else { throw Unexpected(description: "\(result)") }
        return job
    }

    /// Applies an event that must change the job.
    @discardableResult
    func apply(
        _ event: JobEvent, to job: JobRecord, _ findings: Findings = Findings()
    ) async throws -> JobRecord {
        let result = try await store.advance(try lease(of: job), by: event, findings)
        guard case .applied(let job) = result else { throw Unexpected(description: "\(result)") }
        return job
    }

    func lease(of job: JobRecord) throws -> Lease { try #require(job.lease) }

    /// A job as it is stored now.
    func now(_ job: JobRecord) async throws -> JobRecord {
        try #require(await store.job(row: job.row))
    }

    func state(_ job: JobRecord) async throws -> JobState { try await now(job).state }

    /// A job that Komodo accepted under `update`.
    func running(
        _ operation: JobOperation = .deploy, _ target: Int = 1, update: String,
        worker: WorkerRecord = Samples.worker(), _ change: (inout NewJob) -> Void = { _ in }
    ) async throws -> JobRecord {
        let job = try await enqueue(operation, target, change)
        return try await accept(try await claim(job, worker), update: update)
    }

    /// Takes a claimed job to where Komodo accepted it.
    func accept(_ job: JobRecord, update: String) async throws -> JobRecord {
        try await apply(.submitted(.accepted(.update(update))), to: try await send(job))
    }

    /// A job whose answer was lost.
    func reconciling(
        _ operation: JobOperation = .deploy, _ target: Int = 1,
        worker: WorkerRecord = Samples.worker()
    ) async throws -> JobRecord {
        let job = try await enqueue(operation, target)
        let sending = try await send(try await claim(job, worker))
        return try await apply(.submitted(.ambiguous(Samples.problem)), to: sending)
    }

    /// A job about which nobody knows anything.
    func unknown(_ operation: JobOperation = .runProcedure, _ target: Int = 1) async throws
        -> JobRecord
    {
        try await apply(
            .evidenceAmbiguous(candidates: ["u1", "u2"]),
            to: try await reconciling(operation, target))
    }

    /// The words in a job's history.
    func reasons(_ job: JobRecord) async throws -> [String] {
        try await store.events(EventQuery(job.row)).events.map(\.reason)
    }

    /// Lets time pass and makes the store look at it.
    @discardableResult
    func pass(_ duration: Duration) async throws -> Tick {
        clock.advance(duration)
        return try await store.tick(instance: Samples.instance)
    }
}

/// The code of the error that `body` throws; nil when it throws none.
func storeError<Value>(_ body: () async throws -> Value) async -> StoreError.Code? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? StoreError)?.code
    }
}
