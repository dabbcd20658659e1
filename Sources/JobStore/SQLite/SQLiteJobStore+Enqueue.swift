private import Crypto
private import Foundation
internal import GRDB
internal import Jobs
private import JSON

extension SQLiteJobStore {
    /// How long an equal request joins a job instead of making another.
    package static let joinWindow: Duration = .seconds(120)

    package func enqueue(_ requests: [EnqueueRequest]) async throws(StoreError) -> [EnqueueResult] {
        let clock = clock
        let table = tableMaker()
        // Everything that needs no lock is done before it is taken.
        let prepared = requests.map { Prepared($0, clock) }
        return try await write { db in
            let table = table(db)
            return try prepared.map { try table.enqueue($0) }
        }
    }

    /// A request with its id and digest.
    struct Prepared: Sendable {
        let request: EnqueueRequest
        let id: JobID
        let digest: [UInt8]
        let arguments: String

        init(_ request: EnqueueRequest, _ clock: StoreClock) {
            self.request = request
            id = JobID(
                operation: request.job.operation, at: clock.now(),
                random: (clock.random(), clock.random()))
            digest = Array(SHA256.hash(data: Array(request.identity.utf8)))
            arguments = JSONValue.object(request.job.arguments).serialized()
        }
    }
}

extension JobTable {
    func enqueue(_ prepared: SQLiteJobStore.Prepared) throws -> EnqueueResult {
        if let result = try repeated(prepared) { return result }
        if let job = try joinable(prepared) { return .joined(job) }
        let new = prepared.request.job
        if new.target.id != nil {
            // Earlier orders for the same name go first.
            try placeUnresolved(named: new.target.name, on: new.target, instance: new.instance)
        }
        if let refusal = try refusalIfBusy(new) { return .refused(refusal) }
        let job = try insert(prepared)
        try insertEvent(job, reason: "enqueued")
        return .created(job)
    }

    /// The job that the request's idempotency key made before.
    private func repeated(_ prepared: SQLiteJobStore.Prepared) throws -> EnqueueResult? {
        let new = prepared.request.job
        guard let key = new.idempotencyKey else { return nil }
        let statement = try db.cachedStatement(
            sql: """
                SELECT identity, token FROM idempotency
                WHERE principal = :principal AND instance = :instance AND key = :key
                """)
        guard
            let row = try Row.fetchOne(
                statement,
                arguments: [
                    "principal": new.caller.principal, "instance": new.instance, "key": key,
                ])
        else { return nil }
        guard row["identity"] == Data(prepared.digest) else {
            return .refused(
                JobError(
                    .conflict,
                    "The idempotency key '\(key)' was used for another request; use a new key."))
        }
        guard let job = try job(token: row["token"]) else {
            return .refused(
                JobError(
                    .conflict,
                    "The idempotency key '\(key)' made a job whose history was removed; use a new "
                        + "key to run it again."))
        }
        return .repeated(job)
    }

    private func joinable(_ prepared: SQLiteJobStore.Prepared) throws -> JobRecord? {
        let new = prepared.request.job
        guard new.idempotencyKey == nil, !new.isNew, new.runAt.map({ $0 <= now }) ?? true else {
            return nil
        }
        var statement = try PositionalStatement(db, Self.joinableSQL)
        statement.bind(prepared.digest)
        statement.bind(now - SQLiteJobStore.joinWindow)
        statement.bind(now)
        return try statement.firstJob()
    }

    private static let joinableSQL = """
        SELECT \(JobRecord.columns) FROM job
        WHERE identity = ? AND status IN ('pending', 'starting', 'running')
            AND created_at >= ? AND run_at <= ? AND cancel_requested_at IS NULL
        ORDER BY id DESC LIMIT 1
        """

    private func refusalIfBusy(_ new: NewJob) throws -> JobError? {
        guard new.onBusy == .fail else { return nil }
        let lane = Lane(instance: new.instance, operation: new.operation, target: new.target).key
        let place = "The \(new.target.type.word) '\(new.target.name)' is busy"
        if let holder = try holder(of: lane).flatMap({ try job($0) }) {
            return JobError(.conflict, "\(place) with \(holder.id).")
        }
        guard let first = try waiter(of: lane, instance: new.instance) else { return nil }
        return JobError(.conflict, "\(place): \(first.id) waits for it already.")
    }

    /// The oldest job that is due and waits for a lane which nobody holds.
    private func waiter(of lane: String, instance: String) throws -> JobRecord? {
        let statement = try db.cachedStatement(sql: Self.waiterSQL)
        return try Int64.fetchOne(
            statement,
            arguments: ["instance": instance, "lane": lane, "now": now.milliseconds]
        ).flatMap { try job($0) }
    }

    /// Looks through the unfinished jobs of an instance, for requests alone that refuse to wait.
    ///
    /// One whose start window has closed is over, though nobody may have worked since to notice.
    private static let waiterSQL = """
        SELECT min(id) FROM job INDEXED BY job_unfinished
        WHERE instance = :instance AND finished_at IS NULL AND lane = :lane AND run_at <= :now
            AND NOT (status = 'pending' AND paused_at IS NULL AND expires_at <= :now)
        """

    private func insert(_ prepared: SQLiteJobStore.Prepared) throws -> JobRecord {
        let new = prepared.request.job
        let job = try initial(prepared)
        var statement = try PositionalStatement(db, Self.insertSQL)
        statement.bind(job.id.token)
        statement.bind(job.operation.rawValue)
        statement.bind(job.state.status.rawValue)
        statement.bind(job.state.phase?.rawValue)
        statement.bind(job.priority)
        statement.bind(job.instance)
        statement.bind(job.keyFingerprint)
        statement.bind(job.caller.principal)
        statement.bind(job.caller.clientName)
        statement.bind(job.caller.clientVersion)
        statement.bind(job.caller.traceContext)
        statement.bind(job.target.type.rawValue)
        statement.bind(job.target.name)
        statement.bind(job.target.id)
        statement.bind(prepared.arguments)
        statement.bind(job.waitsForHealth)
        statement.bind(job.retriesFailure)
        statement.bind(prepared.digest)
        statement.bind(job.idempotencyKey)
        statement.bind(job.retryOf)
        statement.bind(job.lane)
        statement.bind(now)
        statement.bind(job.runAt)
        statement.bind(job.startWithin)
        statement.bind(job.deadline)
        statement.bind(job.wakeAt)
        statement.bind(job.expiresAt)
        statement.bind(job.pausedAt)
        try statement.run()
        var stored = job
        stored.row = db.lastInsertedRowID
        try insertKey(new, stored, prepared.digest)
        try insertSecrets(prepared.request.secrets, job: stored.row)
        return stored
    }

    private static let insertSQL = """
        INSERT INTO job (token, operation, status, phase, priority, instance, key_fingerprint,
            principal, client_name, client_version, trace_context, target_type, target_name,
            target_id, arguments, waits_for_health, retries_failure, identity, idempotency_key,
            retry_of, lane, created_at, run_at, start_within, deadline, wake_at, expires_at, paused_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The record of a new job, before it has a row.
    private func initial(_ prepared: SQLiteJobStore.Prepared) throws -> JobRecord {
        let new = prepared.request.job
        let runAt = new.runAt ?? now
        let lane = Lane(instance: new.instance, operation: new.operation, target: new.target).key
        let isBusy = try holder(of: lane) != nil
        let phase: JobPhase = runAt > now ? .scheduled : isBusy ? .held : .queued
        return JobRecord(
            row: 0, id: prepared.id, state: .pending(phase), priority: new.priority,
            instance: new.instance, keyFingerprint: new.keyFingerprint, caller: new.caller,
            target: new.target, arguments: new.arguments, waitsForHealth: new.waitsForHealth,
            retriesFailure: new.retriesFailure, idempotencyKey: new.idempotencyKey,
            retryOf: new.retryOf, lane: lane,
            holdsLane: false, createdAt: now, runAt: runAt, startWithin: new.startWithin,
            deadline: new.deadline, wakeAt: phase == .scheduled ? runAt : nil,
            expiresAt: runAt + new.startWithin, pausedAt: phase == .held ? now : nil,
            attempt: 0, failures: 0, leaseNumber: 0, candidates: [])
    }

    private func insertKey(_ new: NewJob, _ job: JobRecord, _ digest: [UInt8]) throws {
        guard let key = new.idempotencyKey else { return }
        try db.execute(
            sql: """
                INSERT INTO idempotency (principal, instance, key, identity, token, created_at)
                VALUES (:principal, :instance, :key, :identity, :token, :now)
                """,
            arguments: [
                "principal": new.caller.principal, "instance": new.instance, "key": key,
                "identity": Data(digest), "token": job.id.token, "now": now.milliseconds,
            ])
    }

    private func insertSecrets(_ secrets: JSONObject, job: Int64) throws {
        for member in secrets.members {
            try db.execute(
                sql: "INSERT INTO secret_argument (job_id, name, value) VALUES (?, ?, ?)",
                arguments: [job, member.key, member.value.serialized()])
        }
    }

    func job(token: String) throws -> JobRecord? {
        var statement = try PositionalStatement(
            db, "SELECT \(JobRecord.columns) FROM job WHERE token = ?")
        statement.bind(token)
        return try statement.firstJob()
    }
}
