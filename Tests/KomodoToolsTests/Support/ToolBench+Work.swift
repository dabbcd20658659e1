import JSON
import JobStore
import Jobs
import Testing

@testable import KomodoTools

extension ToolBench {
    /// Does a worker's part by hand: takes the job and hands it to Komodo.
    func accept(_ job: JobRecord, update: String) async throws -> Lease {
        let lease = try await send(job)
        let advance = try await store.advance(
            lease, by: .submitted(.accepted(.update(update))), Findings())
        guard case .applied = advance else { throw StoreError(.failed, "\(advance)") }
        return lease
    }

    /// Takes the job and writes down that it is about to be sent.
    func send(_ job: JobRecord) async throws -> Lease {
        let claimed = try await store.claim(Self.worker, limit: 100)
        let mine = try #require(claimed.first { $0.row == job.row })
        let lease = try #require(mine.lease)
        if mine.target.id == nil {
            _ = try await store.assign(
                Target(
                    type: mine.target.type, id: "67076689ed600cfdd52ac637",
                    name: mine.target.name), to: lease)
        }
        let intent = try await store.recordIntent(
            lease,
            IntentRequest(
                operatorID: nil, komodoTime: nil, sendWindow: .seconds(5),
                requestTimeout: .seconds(1),
                limits: TokenBucket.Limits()))
        guard case .recorded = intent else { throw StoreError(.failed, "\(intent)") }
        return lease
    }

    /// Ends an accepted job.
    func finish(
        _ job: JobRecord, _ lease: Lease, as outcome: RemoteOutcome, logs: [LogEntry] = []
    ) async throws -> JobRecord {
        var findings = Findings()
        findings.logs = logs
        _ = try await store.advance(lease, by: .concluded(outcome), findings)
        return try #require(try await store.job(row: job.row))
    }

    /// Leaves a job in the state in which nobody knows whether it ran.
    func lose(_ job: JobRecord) async throws -> JobRecord {
        let lease = try await send(job)
        let error = JobError(.networkError, "The answer was lost.")
        _ = try await store.advance(lease, by: .submitted(.ambiguous(error)), Findings())
        _ = try await store.advance(
            lease,
            by: .evidenceAmbiguous(candidates: [
                "67a1b2c3d4e5f60718293a4b", "67a1b2c3d4e5f60718293a4c",
            ]), Findings())
        return try #require(try await store.job(row: job.row))
    }

    static func log(
        _ stage: String, _ stdout: String, attempt: Int = 1, position: Int = 0,
        stderr: String = "", command: String = "", success: Bool = true
    ) -> LogEntry {
        LogEntry(
            attempt: attempt, position: position, stage: stage, command: command, stdout: stdout,
            stderr: stderr, stdoutSize: stdout.utf8.count, stderrSize: stderr.utf8.count,
            success: success, startedAt: nil, endedAt: nil)
    }
}
