internal import GRDB
internal import JSON
internal import Jobs

extension JobRecord {
    /// Reads a row of `SELECT * FROM job`.
    ///
    /// - Throws: ``StoreError`` `corrupt` when the row holds words that this program does not know.
    init(_ row: Row) throws(StoreError) {
        let token: String = row["token"]
        guard let operation = JobOperation(rawValue: row["operation"]),
            let state = JobState(status: row["status"], phase: row["phase"]),
            let targetType = TargetType(rawValue: row["target_type"])
        else {
            throw StoreError(
                .corrupt,
                "Job \(token) has an operation, state or target that this version does not know; "
                    + "use the newest version of this program.")
        }
        self.row = row["id"]
        id = JobID(operation: operation, token: token)
        self.state = state
        priority = row["priority"]
        instance = row["instance"]
        keyFingerprint = row["key_fingerprint"]
        caller = NewJob.Caller(
            principal: row["principal"], clientName: row["client_name"],
            clientVersion: row["client_version"], traceContext: row["trace_context"])
        target = Target(type: targetType, id: row["target_id"], name: row["target_name"])
        arguments = try Self.object(row["arguments"], token: token)
        waitsForHealth = row["waits_for_health"]
        retriesFailure = row["retries_failure"]
        idempotencyKey = row["idempotency_key"]
        retryOf = row["retry_of"]
        lane = row["lane"]
        holdsLane = row["holds_lane"]
        createdAt = Timestamp(milliseconds: row["created_at"])
        runAt = Timestamp(milliseconds: row["run_at"])
        startWithin = .milliseconds(row["start_within"] as Int64)
        deadline = (row["deadline"] as Int64?).map { .milliseconds($0) }
        wakeAt = Timestamp(stored: row["wake_at"])
        expiresAt = Timestamp(milliseconds: row["expires_at"])
        pausedAt = Timestamp(stored: row["paused_at"])
        deadlineAt = Timestamp(stored: row["deadline_at"])
        startedAt = Timestamp(stored: row["started_at"])
        finishedAt = Timestamp(stored: row["finished_at"])
        attempt = row["attempt"]
        failures = row["failures"]
        cancelRequestedAt = Timestamp(stored: row["cancel_requested_at"])
        cancelSentAt = Timestamp(stored: row["cancel_sent_at"])
        intent = Self.intent(row)
        ownerLostAt = Timestamp(stored: row["owner_lost_at"])
        doubtedSentAt = Timestamp(stored: row["doubted_sent_at"])
        acceptedAt = Timestamp(stored: row["accepted_at"])
        remote = Self.remote(row)
        leaseOwner = row["lease_owner"]
        leaseNumber = row["lease_number"]
        error = Self.error(row)
        candidates = Self.strings(row["candidates"])
        version = row["version"]
        commitHash = row["commit_hash"]
        lateOutcome = row["late_outcome"]
        duplicateUpdate = row["duplicate_update"]
        outcomeHiddenAt = Timestamp(stored: row["outcome_hidden_at"])
    }

    private static func object(_ text: String, token: String) throws(StoreError) -> JSONObject {
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

    private static func intent(_ row: Row) -> Intent? {
        guard let sentAt = Timestamp(stored: row["sent_at"]) else { return nil }
        let leavesBy = (row["leaves_by"] as Int64?).flatMap { milliseconds in
            (row["leaves_by_boot"] as String?).map {
                BootMoment(bootID: $0, milliseconds: milliseconds)
            }
        }
        return Intent(
            sentAt: sentAt, watermark: Timestamp(stored: row["watermark"]),
            operatorID: row["sender_operator"],
            clockOffset: .milliseconds((row["clock_offset"] as Int64?) ?? 0), leavesBy: leavesBy,
            requestTimeout: .milliseconds((row["request_timeout"] as Int64?) ?? 0))
    }

    private static func remote(_ row: Row) -> RemoteReference? {
        let kind: String? = row["remote_kind"]
        let id: String? = row["remote_id"]
        switch (kind, id) {
        case (_, let id?): return .update(id)
        case (_?, nil): return .state
        case (nil, nil): return nil
        }
    }

    private static func error(_ row: Row) -> JobError? {
        guard let word: String = row["error_code"] else { return nil }
        return JobError(JobErrorCode(rawValue: word) ?? .serverError, row["error_message"] ?? "")
    }
}

extension Timestamp {
    /// A moment from a column that may be null.
    init?(stored milliseconds: Int64?) {
        guard let milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
