import JobStore
import Jobs
import KomodoClient
import Synchronization
import Testing

/// A worker that does one step of a job and then hangs until it dies.
final class Ghost: Sendable {
    let record: WorkerRecord
    private let bench: Bench
    private let lock: Mutex<FileLock?>

    init(_ bench: Bench, _ id: String = "ghost", _ kind: WorkerRecord.Kind = .daemon) async throws {
        self.bench = bench
        record = .test(id, kind)
        guard
            case .acquired(let lock) = FileLock.attempt(
                bench.store.folder.workerLock(id), creates: true)
        else {
            throw StoreError(.failed, "The lock of \(id) is held.")
        }
        self.lock = Mutex(lock)
        try await bench.store.register(record)
    }

    /// Loses its lock, as a killed process does.
    func die() {
        lock.withLock { $0 = nil }
    }

    /// Takes the one job that is due.
    func claim() async throws -> JobRecord {
        try #require(try await bench.store.claim(record, limit: 1).first)
    }

    /// Takes a job to where the request may leave.
    func recordIntent() async throws -> JobRecord {
        let job = try await claim()
        let identity = try await bench.komodo.identify()
        let request = IntentRequest(
            operatorID: identity.operatorID,
            komodoTime: bench.komodo.time().map {
                KomodoTime($0, sinceBoot: bench.clock.store.sinceBoot())
            },
            sendWindow: .seconds(5), requestTimeout: bench.plan.requestTimeout,
            limits: bench.plan.limits)
        let result = try await bench.store.recordIntent(try #require(job.lease), request)
        guard case .recorded(let sending) = result else {
            throw StoreError(.failed, "no intent: \(result)")
        }
        return sending
    }

    /// Takes a job to where Komodo has it and nobody wrote that down.
    func send() async throws -> (job: JobRecord, outcome: SubmissionOutcome) {
        let job = try await recordIntent()
        let result = await bench.komodo.submit(
            Submission(operation: job.operation, target: job.target, arguments: job.arguments)
        ) { true }
        return (job, result.outcome)
    }

    /// Takes a job to where Komodo runs it.
    func accept() async throws -> JobRecord {
        let (job, outcome) = try await send()
        return try await advance(job, .submitted(outcome))
    }

    /// Lets something happen to a job.
    func advance(_ job: JobRecord, _ event: JobEvent) async throws -> JobRecord {
        let result = try await bench.store.advance(
            try #require(job.lease), by: event, Findings())
        guard case .applied(let next) = result else {
            throw StoreError(.failed, "\(event) came to \(result)")
        }
        return next
    }
}
