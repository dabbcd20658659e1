import GRDB
import Jobs
import Testing

@testable import JobStore

/// What the database itself refuses, whoever writes.
@Suite(.timeLimit(.minutes(2)))
struct ConstraintTests {
    private let files: SQLiteFiles
    private let store: SQLiteJobStore
    private let raw: RawDatabase
    private let pending: JobRecord
    private let finished: JobRecord

    init() async throws {
        files = try SQLiteFiles()
        store = try files.open()
        let jobs = try await store.enqueue([
            EnqueueRequest(job: Samples.job(.deploy, 1)),
            EnqueueRequest(job: Samples.job(.deploy, 2)),
        ]).compactMap(\.job)
        pending = jobs[0]
        guard case .applied(let cancelled) = try await store.cancel(jobs[1].row) else {
            throw StoreError(.conflict, "A pending job cannot be cancelled.")
        }
        finished = cancelled
        raw = try RawDatabase(files.path)
    }

    private func error(_ assignments: String, of job: JobRecord) throws -> String? {
        try raw.error("UPDATE job SET \(assignments) WHERE id = \(job.row)")
    }

    @Test(arguments: [
        ("status = 'done'", "legal_state"), ("phase = 'claimed'", "legal_state"),
        ("phase = NULL", "legal_state"), ("status = 'success'", "legal_state"),
        ("finished_at = 5", "finished_iff_terminal"),
        ("status = 'cancelled', phase = 'plan'", "finished_iff_terminal"),
        ("remote_kind = 'update', remote_id = 'u'", "remote_when_accepted"),
        ("status = 'running', phase = 'accepted'", "remote_when_accepted"),
        ("status = 'success', phase = NULL, finished_at = 1", "remote_when_accepted"),
        (
            "status = 'starting', phase = 'reconciling', remote_kind = 'state', holds_lane = 1",
            "remote_when_accepted"
        ),
        (
            "status = 'running', phase = 'accepted', remote_kind = 'update'",
            "remote_id_by_kind"
        ),
        ("remote_id = 'u'", "remote_id_by_kind"), ("remote_kind = 'x'", "remote_kind"),
        ("status = 'starting', phase = 'claimed'", "leased_when_sending"),
        ("status = 'starting', phase = 'sending', holds_lane = 1", "leased_when_sending"),
        (
            """
            status = 'starting', phase = 'sending', lease_owner = 'w', holds_lane = 1,
            target_id = NULL
            """, "target_known_when_sending"
        ), ("lease_owner = 'w'", "unleased_when_pending"),
        ("lane = NULL, holds_lane = 1", "lane_held_has_lane"),
        (
            "status = 'starting', phase = 'sending', lease_owner = 'w'", "lane_held_when_sending"
        ),
        ("status = 'starting', phase = 'reconciling'", "lane_held_when_sending"),
        (
            "status = 'cancelled', phase = 'plan', finished_at = 1, holds_lane = 1",
            "lane_released_at_end"
        ),
        (
            "status = 'failed', phase = 'rejected', finished_at = 1, holds_lane = 1",
            "only_overdue_keeps_lane"
        ),
        ("phase = 'scheduled'", "waiting_has_moment"), ("phase = 'backoff'", "waiting_has_moment"),
        ("phase = 'throttled'", "waiting_has_moment"), ("attempt = -1", "attempt >= 0"),
        ("failures = -1", "failures >= 0"), ("start_within = 0", "start_within > 0"),
        ("deadline = 0", "deadline > 0"), ("waits_for_health = 2", "waits_for_health"),
        ("retries_failure = 2", "retries_failure"),
        ("holds_lane = 2", "holds_lane IN"), ("arguments = '{'", "json_valid(arguments)"),
        ("candidates = 'x'", "json_valid(candidates)"), ("token = 'short'", "length(token)"),
        ("priority = 'high'", "cannot store TEXT value"),
        ("created_at = NULL", "NOT NULL constraint failed"),
    ])
    func impossibleRowsAreRefused(assignments: String, constraint: String) throws {
        let message = try error(assignments, of: pending)
        #expect(message?.contains(constraint) == true, "\(message ?? "accepted")")
    }

    @Test func exactlyTheLegalPairsAreStored() throws {
        let statuses = JobStatus.allCases.map(\.rawValue) + ["done", ""]
        let phases: [String?] = JobPhase.allCases.map(\.rawValue) + [nil, "", "done"]
        for status in statuses {
            for phase in phases where phase != "" || status != "success" {
                let text = phase.map { "'\($0)'" } ?? "NULL"
                let message = try error("status = '\(status)', phase = \(text)", of: pending)
                let isRefused = message?.contains("legal_state") == true
                let isLegal = JobState(status: status, phase: phase) != nil
                #expect(isRefused != isLegal, "\(status)/\(text): \(message ?? "accepted")")
            }
        }
    }

    @Test func aFinishedJobNeverChangesItsStatus() throws {
        for change in [
            "status = 'pending', phase = 'queued', finished_at = NULL",
            "status = 'success', phase = NULL, remote_kind = 'state'", "phase = 'plan'",
            "status = 'failed', phase = 'expired'",
        ] {
            #expect(
                try error(change, of: finished) == "a finished job never changes its status")
        }
        #expect(try error("late_outcome = 'x'", of: finished) == nil)
        #expect(try error("status = 'cancelled', phase = 'before_send'", of: finished) == nil)
    }

    @Test func eventsAreAppendOnly() throws {
        for sql in [
            "UPDATE event SET reason = 'x'", "UPDATE event SET at = at", "DELETE FROM event",
            "DELETE FROM event WHERE job_id = \(pending.row)",
        ] {
            #expect(try raw.error(sql) == "events are append-only")
        }
        #expect(try raw.int("SELECT count(*) FROM event") == 3)
    }

    @Test func aJobWithAHistoryCannotBeDropped() throws {
        #expect(
            try raw.error("DELETE FROM job WHERE id = \(pending.row)")?
                .contains("pruning only") == true)
    }

    @Test func detailsAreJSON() throws {
        let sql = """
            INSERT INTO event (job_id, at, reason, status, attempt, detail)
            VALUES (\(pending.row), 1, 'x', 'pending', 0,
            """
        #expect(try raw.error("\(sql) '{')")?.contains("json_valid(detail)") == true)
        #expect(try raw.error("\(sql) '{}')") == nil)
    }

    @Test func aKeyWhoseJobWasRemovedIsAConflict() async throws {
        let request = EnqueueRequest(job: Samples.job(.build, 3) { $0.idempotencyKey = "k" })
        _ = try await store.enqueue([request])
        try raw.execute("UPDATE idempotency SET token = '\(String(repeating: "0", count: 26))'")
        guard case .refused(let error) = try await store.enqueue([request]).first else {
            Issue.record("not refused")
            return
        }
        #expect(error.code == .conflict && error.message.contains("removed"))
    }

    @Test func uniqueThingsAreUnique() async throws {
        let third = try await store.enqueue([
            EnqueueRequest(job: Samples.job(.restartDeployment, 1) { $0.idempotencyKey = "k" })
        ])
        let other = try #require(third.first?.job)
        #expect(
            try error("token = '\(other.id.token)'", of: pending)?.contains("job.token") == true)
        let lanes = try raw.error(
            "UPDATE job SET holds_lane = 1 WHERE id IN (\(pending.row), \(other.row))")
        #expect(lanes?.contains("job.lane") == true)
        let remotes = try raw.error(
            """
            UPDATE job SET status = 'running', phase = 'accepted', remote_kind = 'update',
                remote_id = 'u1' WHERE id IN (\(pending.row), \(other.row))
            """)
        #expect(remotes?.contains("job.remote_id") == true)
        let keys = try raw.error("INSERT INTO idempotency SELECT * FROM idempotency")
        #expect(keys?.contains("idempotency.key") == true)
        let adoptions = try raw.error(
            """
            INSERT INTO adoption VALUES ('i', 'u', \(pending.row), 1), ('i', 'u', \(other.row), 1)
            """)
        #expect(adoptions?.contains("adoption.update_id") == true)
    }
}
