internal import GRDB
internal import JSON
internal import Jobs

extension JobRecord {
    /// The columns of a job in the order in which they are read.
    static let columns = columnNames.joined(separator: ", ")

    /// The columns of a job, when other tables are read beside its own.
    static let qualifiedColumns = columnNames.map { "job.\($0)" }.joined(separator: ", ")

    private static let columnNames = [
        "id", "token", "operation", "status", "phase", "priority", "instance", "key_fingerprint",
        "principal", "client_name", "client_version", "trace_context", "target_type", "target_id",
        "target_name", "arguments", "waits_for_health", "retries_failure", "idempotency_key",
        "retry_of", "lane", "holds_lane", "created_at", "run_at", "start_within", "deadline",
        "wake_at", "expires_at", "paused_at", "deadline_at", "started_at", "finished_at", "attempt",
        "failures", "cancel_requested_at", "cancel_sent_at", "sent_at", "watermark",
        "sender_operator", "clock_offset", "leaves_by", "leaves_by_boot", "request_timeout",
        "owner_lost_at", "doubted_sent_at", "accepted_at", "remote_kind", "remote_id",
        "lease_owner", "lease_number", "error_code", "error_message", "candidates", "version",
        "commit_hash", "late_outcome", "duplicate_update", "outcome_hidden_at",
    ]

    /// Reads the first job of a statement that selects ``columns``.
    static func fetchOne(
        _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> JobRecord? {
        let statement = try db.cachedStatement(sql: sql)
        try statement.setArguments(arguments)
        return try PositionalStatement(db, bound: statement).firstJob()
    }

    /// Reads all jobs of a statement that selects ``columns``.
    static func fetchAll(
        _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
    ) throws -> [JobRecord] {
        let statement = try db.cachedStatement(sql: sql)
        try statement.setArguments(arguments)
        return try PositionalStatement(db, bound: statement).allJobs()
    }

    /// Reads the values of ``columns``.
    ///
    /// - Throws: ``StoreError`` `corrupt` when the row holds words that this program does not know.
    init(_ row: consuming PositionalRow) throws(StoreError) {
        self.row = row.next()
        let token: String = row.next()
        let operation = JobOperation(rawValue: row.next())
        let state = JobState(status: row.next(), phase: row.next())
        priority = row.next()
        instance = row.next()
        keyFingerprint = row.next()
        caller = NewJob.Caller(
            principal: row.next(), clientName: row.next(), clientVersion: row.next(),
            traceContext: row.next())
        let targetType = TargetType(rawValue: row.next())
        guard let operation, let state, let targetType else {
            throw StoreError(
                .corrupt,
                "Job \(token) has an operation, state or target that this version does not know; "
                    + "use the newest version of this program.")
        }
        id = JobID(operation: operation, token: token)
        self.state = state
        target = Target(type: targetType, id: row.next(), name: row.next())
        arguments = try Self.object(row.next(), token: token)
        waitsForHealth = row.next()
        retriesFailure = row.next()
        idempotencyKey = row.next()
        retryOf = row.next()
        lane = row.next()
        holdsLane = row.next()
        createdAt = row.next()
        runAt = row.next()
        startWithin = row.next()
        deadline = row.next()
        wakeAt = row.next()
        expiresAt = row.next()
        pausedAt = row.next()
        deadlineAt = row.next()
        startedAt = row.next()
        finishedAt = row.next()
        attempt = row.next()
        failures = row.next()
        cancelRequestedAt = row.next()
        cancelSentAt = row.next()
        intent = Self.intent(&row)
        ownerLostAt = row.next()
        doubtedSentAt = row.next()
        acceptedAt = row.next()
        remote = RemoteReference(kind: row.next(), updateID: row.next())
        leaseOwner = row.next()
        leaseNumber = row.next()
        error = Self.error(code: row.next(), message: row.next())
        candidates = Self.strings(row.next())
        version = row.next()
        commitHash = row.next()
        lateOutcome = row.next()
        duplicateUpdate = row.next()
        outcomeHiddenAt = row.next()
    }

    private static func object(_ text: String, token: String) throws(StoreError) -> JSONObject {
        // Most jobs have none.
        if text == "{}" { return JSONObject() }
        do {
            guard let object = try JSONValue(parsing: text).object else {
                throw StoreError(.corrupt, "Job \(token) has arguments that are no object.")
            }
            return object
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.corrupt, "Job \(token) has unreadable arguments: \(error).")
        }
    }

    private static func strings(_ text: String?) -> [String] {
        // The column is checked to be JSON; anything but strings in it is of no use.
        guard let text, let value = try? JSONValue(parsing: text) else { return [] }
        return value.array?.compactMap(\.string) ?? []
    }

    private static func intent(_ row: inout PositionalRow) -> Intent? {
        let sentAt: Timestamp? = row.next()
        let watermark: Timestamp? = row.next()
        let operatorID: String? = row.next()
        let clockOffset: Duration? = row.next()
        let leavesBy: Int64? = row.next()
        let bootID: String? = row.next()
        let requestTimeout: Duration? = row.next()
        guard let sentAt else { return nil }
        let moment = leavesBy.flatMap { milliseconds in
            bootID.map { BootMoment(bootID: $0, milliseconds: milliseconds) }
        }
        return Intent(
            sentAt: sentAt, watermark: watermark, operatorID: operatorID,
            clockOffset: clockOffset ?? .zero, leavesBy: moment,
            requestTimeout: requestTimeout ?? .zero)
    }

    private static func error(code: String?, message: String?) -> JobError? {
        code.map { JobError(JobErrorCode(rawValue: $0) ?? .serverError, message ?? "") }
    }
}

extension PositionalStatement {
    /// The job of the first row, if there is one.
    func firstJob() throws -> JobRecord? {
        try step() ? try JobRecord(row) : nil
    }

    /// The jobs of all rows.
    func allJobs() throws -> [JobRecord] {
        var jobs: [JobRecord] = []
        while try step() { jobs.append(try JobRecord(row)) }
        return jobs
    }
}

extension RemoteReference {
    /// The word in the column `remote_kind`.
    var kind: String {
        switch self {
        case .update: "update"
        case .state: "state"
        }
    }

    fileprivate init?(kind: String?, updateID: String?) {
        switch (kind, updateID) {
        case (_, let id?): self = .update(id)
        case (_?, nil): self = .state
        case (nil, nil): return nil
        }
    }
}

extension Timestamp {
    /// A moment from a column that may be null.
    init?(stored milliseconds: Int64?) {
        guard let milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
