internal import JSON
internal import Jobs

@testable internal import JobStore

/// Jobs and moments for tests of what is printed.
enum Fixture {
    /// 2026-03-01T12:00:00.250Z.
    static let now = Timestamp(milliseconds: 1_772_366_400_250)
    static let plain = "job_deploy_1M7X7E29J2SQ5N24Y9BHKHCAQD"

    /// A job in a state, as it would be stored.
    static func job(
        _ state: JobState = .success, operation: JobOperation = .deploy, target: String = "web",
        token: String = "1M7X7E29J2SQ5N24Y9BHKHCAQD", row: Int64 = 7, error: JobError? = nil,
        change: (inout JobRecord) -> Void = { _ in }
    ) -> JobRecord {
        let isPending = state.status == .pending
        var job = JobRecord(
            row: row, id: JobID(operation: operation, token: token), state: state, priority: 0,
            instance: "https://komodo.example.com", keyFingerprint: "0011223344556677",
            caller: NewJob.Caller(
                principal: "os:ada", clientName: "komodo-jobs", clientVersion: "1.0"),
            target: Target(
                type: operation.spec.targetType, id: "665ab8c87235243a2de3469a", name: target),
            arguments: JSONObject(), waitsForHealth: false, lane: nil, holdsLane: false,
            createdAt: now - .seconds(60), runAt: now - .seconds(60), startWithin: .seconds(3_600),
            expiresAt: now + .seconds(3_540), startedAt: isPending ? nil : now - .seconds(50),
            finishedAt: state.isTerminal ? now - .seconds(42) : nil, attempt: isPending ? 0 : 1,
            failures: 0, acceptedAt: isPending ? nil : now - .seconds(49),
            remote: isPending ? nil : .update("6b00a18b43f7d1be5d000001"), leaseNumber: 1,
            error: error, candidates: [])
        change(&job)
        return job
    }
}
