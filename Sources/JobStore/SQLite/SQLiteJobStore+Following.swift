internal import GRDB
private import JSON
package import Jobs

extension SQLiteJobStore {
    package func save(_ logs: [LogEntry], _ lease: Lease) async throws(StoreError) {
        let table = tableMaker()
        try await write { db in
            let table = table(db)
            guard let job = try table.job(lease) else { return }
            try table.insertLogs(logs, job: job.row)
        }
    }

    package func recordCancelSent(
        _ lease: Lease, reason: String, detail: String?
    ) async throws(StoreError) -> Bool {
        let table = tableMaker()
        return try await write { db in
            let table = table(db)
            guard var job = try table.job(lease) else { return false }
            job.cancelSentAt = job.cancelSentAt ?? table.now
            try table.update(job)
            // It may be tried for hours; the history tells of it once.
            if try !table.isNoted(reason, job) {
                try table.insertEvent(job, reason: reason, detail: detail)
            }
            return true
        }
    }

    package func takeBackCancelSent(_ lease: Lease) async throws(StoreError) {
        let table = tableMaker()
        try await write(rings: false) { db in
            let table = table(db)
            guard var job = try table.job(lease), job.cancelSentAt != nil else { return }
            job.cancelSentAt = nil
            try table.update(job)
        }
    }

    package func watchLogs(of job: Int64, until moment: Timestamp) async throws(StoreError) {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE job SET logs_watched_until = :moment
                    WHERE id = :job AND finished_at IS NULL
                    """, arguments: ["moment": moment.milliseconds, "job": job])
        }
    }

    package func logsWatched(_ worker: String) async throws(StoreError) -> Set<Int64> {
        let now = clock.now()
        return try await read { db in
            try Int64.fetchSet(
                db,
                sql: """
                    SELECT id FROM job
                    WHERE lease_owner = :worker AND logs_watched_until > :now
                    """, arguments: ["worker": worker, "now": now.milliseconds])
        }
    }

    package func note(
        _ reason: String, detail: String?, _ lease: Lease
    ) async throws(StoreError) {
        let table = tableMaker()
        try await write { db in
            let table = table(db)
            guard let job = try table.job(lease), try !table.isNoted(reason, job) else { return }
            try table.insertEvent(job, reason: reason, detail: detail)
        }
    }

    package func endContested(
        _ update: String, _ lease: Lease
    ) async throws(StoreError) -> Advance? {
        let table = tableMaker()
        return try await write { db in
            let table = table(db)
            guard let job = try table.job(lease) else { return .leaseLost }
            guard job.state.status == .starting else { return .ignored(job) }
            guard let owner = try table.owner(of: update, instance: job.instance) else {
                return nil
            }
            let message =
                "Komodo runs it, if at all, under update \(update), which belongs to \(owner) "
                + "already: look at both in Komodo, then use 'resolve --retry' or 'resolve --fail'."
            let transition = Transition(
                job.facts, to: .failed(.outcomeUnknown), reason: "update_contested",
                error: JobError(.outcomeUnknown, message), candidates: [update])
            return .applied(try table.apply(transition, to: job))
        }
    }

    package func recordDuplicate(_ update: String, of job: Int64) async throws(StoreError) {
        let table = tableMaker()
        try await write { db in
            let table = table(db)
            guard let job = try table.job(job) else { return }
            try db.execute(
                sql: "UPDATE job SET duplicate_update = :update WHERE id = :job",
                arguments: ["update": update, "job": job.row])
            let detail: JSONValue = ["update": .string(update)]
            try table.insertEvent(
                job, reason: "duplicate_detected", detail: detail.serialized())
        }
    }

    package func follow(_ update: String, _ lease: Lease) async throws(StoreError) -> Bool {
        let table = tableMaker()
        return try await write { db in
            let table = table(db)
            guard let job = try table.job(lease), job.remote == .state,
                try table.owner(of: update, instance: job.instance) == nil
            else { return false }
            let transition = Transition(
                job.facts, to: job.state, reason: "update_found", remote: .update(update),
                error: job.error, lane: .keep, keepsLease: true)
            _ = try table.apply(transition, to: job)
            return true
        }
    }

    package func saveWatermarks(
        _ marks: [Watermark], instance: String
    ) async throws(StoreError) {
        guard !marks.isEmpty else { return }
        try await write(rings: false) { db in
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO watermark (instance, target_type, target_id, operation, started_at)
                    VALUES (:instance, :type, :target, :operation, :startedAt)
                    ON CONFLICT DO UPDATE SET started_at = max(started_at, excluded.started_at)
                    """)
            for mark in marks {
                try statement.execute(arguments: [
                    "instance": instance, "type": mark.targetType, "target": mark.targetID,
                    "operation": mark.operation, "startedAt": mark.startedAt.milliseconds,
                ])
            }
        }
    }
}

extension JobTable {
    /// Whether this worker has noted the same about this attempt already.
    fileprivate func isNoted(_ reason: String, _ job: JobRecord) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM event
                    WHERE job_id = :job AND reason = :reason AND attempt = :attempt
                        AND worker = :worker)
                """,
            arguments: [
                "job": job.row, "reason": reason, "attempt": job.attempt, "worker": job.leaseOwner,
            ]) ?? false
    }
}
