internal import GRDB
private import JSON
package import Jobs

extension SQLiteJobStore {
    package func cancel(_ job: Int64) async throws(StoreError) -> Advance {
        let table = tableMaker()
        return try await write { db in
            let table = table(db)
            guard var job = try table.job(job) else { throw StoreError.unknown("\(job)") }
            guard !job.state.isTerminal else { return .ignored(job) }
            job.cancelRequestedAt = job.cancelRequestedAt ?? table.now
            switch table.machine.decide(try table.facts(of: job), .cancelRequested, random: 0) {
            case .apply(let transition): return .applied(try table.apply(transition, to: job))
            case .noteCancel, .note, .settle, .ignore:
                return try table.noteCancelRequest(job.row)
            }
        }
    }

    package func retry(
        _ job: Int64, by caller: NewJob.Caller
    ) async throws(StoreError) -> JobRecord {
        try await repeatJob(job, by: caller) { job in
            guard job.state.isTerminal else {
                throw StoreError(.conflict, "\(job.id) is not finished yet; it is \(job.state).")
            }
            guard job.state != .failed(.outcomeUnknown) else {
                throw StoreError(
                    .conflict,
                    "The outcome of \(job.id) is unknown; look at Komodo, then use 'resolve' with "
                        + "--adopt, --retry or --fail.")
            }
        }
    }

    package func resolve(
        _ job: Int64, _ resolution: Resolution, by caller: NewJob.Caller
    ) async throws(StoreError) -> JobRecord {
        switch resolution {
        case .retry: return try await repeatJob(job, by: caller, allowing: Self.refuseKnown)
        case .fail: return try await settleAsFailed(job)
        case .adopt(let update): return try await adopt(update, for: job, by: caller)
        }
    }

    private static let refuseKnown: @Sendable (JobRecord) throws -> Void = { job in
        guard job.state == .failed(.outcomeUnknown) else {
            throw StoreError(
                .conflict,
                "The outcome of \(job.id) is known: \(job.state). Use 'retry' to run it again.")
        }
    }

    private func repeatJob(
        _ job: Int64, by caller: NewJob.Caller,
        allowing check: @escaping @Sendable (JobRecord) throws -> Void
    ) async throws(StoreError) -> JobRecord {
        let table = tableMaker()
        let clock = clock
        return try await write { db in
            let table = table(db)
            let old = try table.jobToRepeat(job, check)
            try table.refuseForgottenSecrets(old)
            let request = EnqueueRequest(job: NewJob(repeating: old, by: caller))
            guard let new = try table.enqueue(Prepared(request, clock)).job else {
                preconditionFailure("a new job without a key is never refused")
            }
            return new
        }
    }

    private func settleAsFailed(_ job: Int64) async throws(StoreError) -> JobRecord {
        let table = tableMaker()
        return try await write { db in
            let table = table(db)
            let job = try table.jobToRepeat(job, Self.refuseKnown)
            try table.insertEvent(job, reason: "resolved_as_failed")
            return job
        }
    }

    /// Makes a new job that follows an update which runs or ran already.
    private func adopt(
        _ update: String, for job: Int64, by caller: NewJob.Caller
    ) async throws(StoreError) -> JobRecord {
        let table = tableMaker()
        let clock = clock
        return try await write { db in
            let table = table(db)
            let old = try table.jobToRepeat(job, Self.refuseKnown)
            if let owner = try table.owner(of: update, instance: old.instance) {
                throw StoreError(.conflict, "The update \(update) belongs to \(owner) already.")
            }
            try table.refuseWhileSending(besides: old)
            let request = EnqueueRequest(job: NewJob(repeating: old, by: caller))
            guard let new = try table.enqueue(Prepared(request, clock)).job else {
                preconditionFailure("a new job without a key is never refused")
            }
            return try table.startFollowing(update, new)
        }
    }
}

extension JobTable {
    /// Refuses to give an update away while another job of the lane may be about to find that it is
    /// its own.
    fileprivate func refuseWhileSending(besides job: JobRecord) throws {
        guard let lane = job.lane, let row = try holder(of: lane),
            let holder = try self.job(row), holder.state.status == .starting
        else { return }
        throw StoreError(
            .conflict,
            "\(holder.id) is being sent to the same target; wait until it runs, then adopt.")
    }
}

extension StoreError {
    static func unknown(_ reference: String) -> StoreError {
        StoreError(
            .unknownReference,
            "No job matches '\(reference)'; 'komodo-jobs list' shows the newest ones.")
    }
}

extension NewJob {
    /// The same request again, for a new caller.
    init(repeating old: JobRecord, by caller: Caller) {
        self.init(
            operation: old.operation, target: old.target, arguments: old.arguments,
            instance: old.instance, keyFingerprint: old.keyFingerprint, caller: caller,
            priority: old.priority, startWithin: old.startWithin, deadline: old.deadline,
            waitsForHealth: old.waitsForHealth, retriesFailure: old.retriesFailure, isNew: true,
            retryOf: old.id.token)
    }
}

extension JobTable {
    /// Remembers a wish to cancel that the owner of the job will see to.
    func noteCancelRequest(_ row: Int64) throws -> Advance {
        guard let job = try job(row) else { throw StoreError.unknown("\(row)") }
        return try advance(job, by: .cancelRequested)
    }

    /// A job that may be repeated once.
    func jobToRepeat(
        _ row: Int64, _ check: @Sendable (JobRecord) throws -> Void
    ) throws -> JobRecord {
        guard let job = try job(row) else { throw StoreError.unknown("\(row)") }
        try check(job)
        if let next = try JobRecord.fetchOne(
            db, sql: "SELECT \(JobRecord.columns) FROM job WHERE retry_of = ?",
            arguments: [job.id.token])
        {
            throw StoreError(.conflict, "\(job.id) was repeated already as \(next.id).")
        }
        let isSettled =
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM event
                        WHERE job_id = :job AND reason = 'resolved_as_failed')
                    """, arguments: ["job": job.row]) ?? false
        if isSettled { throw StoreError(.conflict, "\(job.id) was settled as failed already.") }
        return job
    }

    /// Refuses to run a job again whose arguments are not all stored any more.
    func refuseForgottenSecrets(_ job: JobRecord) throws {
        if !job.hiddenArguments.isEmpty {
            throw StoreError(
                .conflict,
                "\(job.id) had secret arguments, which were forgotten when it ended; run it again "
                    + "with 'run' and give them anew.")
        }
    }

    /// Which job an update belongs to, for people; nil when it belongs to none.
    func owner(of update: String, instance: String) throws -> String? {
        var statement = try PositionalStatement(
            db,
            """
            SELECT job.token FROM adoption LEFT JOIN job ON job.id = adoption.job_id
            WHERE adoption.instance = ? AND update_id = ?
            """)
        statement.bind(instance)
        statement.bind(update)
        guard try statement.step() else { return nil }
        var row = statement.row
        let token: String? = row.next()
        guard let token, let owner = try job(token: token) else { return "a job that was pruned" }
        return "\(owner.id)"
    }

    /// Turns a new job into one that Komodo runs already.
    func startFollowing(_ update: String, _ new: JobRecord) throws -> JobRecord {
        var job = new
        job.leaseNumber += 1
        job.startedAt = now
        // Komodo runs it whoever holds the lane, but nobody else should begin meanwhile.
        job.holdsLane = try job.lane.map { try holder(of: $0) == nil } ?? false
        let transition = Transition(
            job.facts, to: .running(.accepted), reason: "adopted", attempt: 1,
            remote: .update(update), keepsLease: false)
        return try apply(transition, to: job)
    }
}

/// What stands in a stored job for an argument value that must not be read back.
package let redactedArgument = "[redacted]"
