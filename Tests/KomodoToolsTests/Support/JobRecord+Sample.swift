import JSON
import Jobs
import MCP

@testable import JobStore
@testable import KomodoTools

extension EnqueueRequest {
    /// A request of the bench's own for a deploy.
    static func deploy(_ name: String) -> EnqueueRequest {
        EnqueueRequest(
            job: NewJob(
                operation: .deploy, target: Target(type: .deployment, id: nil, name: name),
                instance: ToolBench.instance, keyFingerprint: ToolBench.keyFingerprint,
                caller: NewJob.Caller(
                    principal: ToolBench.anna.name, clientName: "tests", clientVersion: "1"),
                isNew: true))
    }
}

extension JobRecord {
    /// A pending deploy, for what needs no store.
    static var sample: JobRecord {
        let now = JobTime(milliseconds: 1_769_441_400_000)
        return JobRecord(
            row: 1, id: JobID(operation: .deploy, at: now, random: (1, 1)),
            state: .pending(.queued), priority: 0, instance: "i", keyFingerprint: "k",
            caller: NewJob.Caller(principal: "p", clientName: "c", clientVersion: "1"),
            target: Target(type: .deployment, id: nil, name: "web"), arguments: [:],
            waitsForHealth: false, idempotencyKey: nil, retryOf: nil, lane: nil,
            holdsLane: false, createdAt: now, runAt: now, startWithin: .seconds(3_600),
            deadline: nil, wakeAt: nil, expiresAt: now, pausedAt: nil, attempt: 0, failures: 0,
            leaseNumber: 0, candidates: [])
    }
}
