import JSON
import Jobs

@testable import JobStore

extension JobRecord {
    /// An accepted job of a row of its own, for what decides without a store.
    static func running(
        _ row: Int64, remote: RemoteReference? = nil, operation: JobOperation = .deploy
    ) -> JobRecord {
        let now = Timestamp(milliseconds: 1_000_000)
        let digits = String(row, radix: 16)
        let update = String(repeating: "0", count: 24 - digits.count) + digits
        var job = JobRecord(
            row: row, id: JobID(operation: operation, at: now, random: (UInt64(row), 1)),
            state: .running(.accepted), priority: 0, instance: "i", keyFingerprint: "k",
            caller: NewJob.Caller(principal: "p", clientName: "c", clientVersion: "1"),
            target: Target(type: operation.spec.targetType, id: "t\(row)", name: "t\(row)"),
            arguments: [:], waitsForHealth: false, idempotencyKey: nil, retryOf: nil, lane: nil,
            holdsLane: false, createdAt: now, runAt: now, startWithin: .seconds(3_600),
            deadline: nil, wakeAt: nil, expiresAt: now, pausedAt: nil, attempt: 1, failures: 0,
            leaseNumber: 1, candidates: [])
        job.leaseOwner = "worker"
        job.remote = remote ?? .update(update)
        return job
    }
}
