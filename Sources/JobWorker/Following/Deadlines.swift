internal import JobStore
internal import Jobs
private import Synchronization

/// When the time of running jobs is up, on the clock since boot, which nobody sets.
///
/// The stored deadline is one of the wall clock. What is left of it counts from the moment at which
/// this process first sees the job; after that the wall clock may be set as anybody likes.
final class Deadlines: Sendable {
    private struct Entry {
        let deadlineAt: Timestamp
        let endsAt: Int64
    }

    private let entries = Mutex<[Int64: Entry]>([:])

    /// For how long after its end a job that was not seen to end is remembered.
    private static let memoryMax: Duration = .seconds(3_600)

    /// The end of a job's time in milliseconds since boot; nil when it has none.
    func end(of job: JobRecord, at now: Int64, wallClock: Timestamp) -> Int64? {
        guard let deadlineAt = job.deadlineAt else { return nil }
        return entries.withLock { entries in
            if let known = entries[job.row], known.deadlineAt == deadlineAt { return known.endsAt }
            let left = max(.zero, deadlineAt - wallClock)
            // The clock may have been set back while no process of ours saw the job.
            let endsAt = now + min(left, job.deadline ?? left).inMilliseconds
            let forgottenAfter = now - Self.memoryMax.inMilliseconds
            entries = entries.filter { $0.value.endsAt > forgottenAfter }
            entries[job.row] = Entry(deadlineAt: deadlineAt, endsAt: endsAt)
            return endsAt
        }
    }

    /// A job has ended.
    func forget(_ job: JobRecord) {
        entries.withLock { _ = $0.removeValue(forKey: job.row) }
    }
}

extension WorkerContext {
    /// The end of a job's time in milliseconds since boot; nil when it has none.
    func deadline(of job: JobRecord) -> Int64? {
        deadlines.end(of: job, at: clock.sinceBoot(), wallClock: clock.now())
    }
}
