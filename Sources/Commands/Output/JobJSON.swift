internal import JSON
internal import JobStore
internal import Jobs

/// The JSON that commands print.
///
/// Its shape is a contract: keys are added, never changed.
enum JobJSON {
    /// Rises when a key changes its meaning.
    static let schema = 1

    /// One job.
    ///
    /// `schema, job_id, status, phase, operation, target {type, id, name}, arguments, attempt,
    /// komodo_update_id, idempotency_key, principal, created_at, started_at, finished_at,
    /// error {code, message}` and what explains these. Times are RFC 3339.
    static func job(_ job: JobRecord, extra: [(String, JSONValue)] = []) -> JSONValue {
        var object: JSONObject = [
            "schema": .int(schema),
            "job_id": .string("\(job.id)"),
            "status": .string(job.state.status.rawValue),
            "phase": text(job.state.phase?.rawValue),
            "operation": .string(job.operation.rawValue),
            "target": [
                "type": .string(job.target.type.rawValue), "id": text(job.target.id),
                "name": .string(job.target.name),
            ],
            "arguments": .object(job.arguments),
            "attempt": .int(job.attempt),
            "komodo_update_id": text(job.remote?.updateID),
            "idempotency_key": text(job.idempotencyKey),
            "principal": .string(job.caller.principal),
            "created_at": time(job.createdAt),
            "started_at": time(job.startedAt),
            "finished_at": time(job.finishedAt),
            "error": error(job.error),
        ]
        for (key, value) in details(of: job) + extra { object[key] = value }
        return .object(object)
    }

    /// A list: `schema, items, next`.
    static func list(_ items: [JSONValue], next: String? = nil) -> JSONValue {
        ["schema": .int(schema), "items": .array(items), "next": text(next)]
    }

    static func time(_ moment: Timestamp?) -> JSONValue {
        moment.map { .string($0.iso8601) } ?? .null
    }

    static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    static func error(_ error: JobError?) -> JSONValue {
        error.map { ["code": .string($0.code.rawValue), "message": .string($0.message)] } ?? .null
    }

    /// A command that failed: `schema, error {code, message}`.
    static func failure(_ error: CommandError) -> JSONValue {
        [
            "schema": .int(schema),
            "error": ["code": .string(error.code), "message": .string(error.message)],
        ]
    }

    static func milliseconds(_ duration: Duration?) -> JSONValue {
        duration.map { .int($0.inMilliseconds) } ?? .null
    }

    private static func details(of job: JobRecord) -> [(String, JSONValue)] {
        var details: [(String, JSONValue)] = [
            ("instance", .string(job.instance)), ("priority", .int(job.priority)),
            ("run_at", time(job.runAt)),
        ]
        func add(_ key: String, _ value: JSONValue) {
            if !value.isNull { details.append((key, value)) }
        }
        add("next_attempt_at", time(job.wakeAt))
        add("accepted_at", time(job.acceptedAt))
        add("cancel_requested_at", time(job.cancelRequestedAt))
        add("version", text(job.version))
        add("commit_hash", text(job.commitHash))
        add("late_outcome", text(job.lateOutcome))
        add("duplicate_detected", text(job.duplicateUpdate))
        add("retry_of", text(job.retryOf))
        if !job.candidates.isEmpty {
            add("candidates", .array(job.candidates.map { .string($0) }))
        }
        return details
    }
}
