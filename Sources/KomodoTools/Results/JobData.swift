internal import JSON
internal import JobStore
internal import Jobs

/// A job as the `data` of a result: the documented names, and nothing that is not known.
enum JobData {
    /// All that is known.
    static func whole(_ sheet: JobSheet) -> JSONObject {
        var data = brief(sheet.job, isPartial: isPartial(sheet))
        let job = sheet.job
        data["message"] = .string(
            BoundedText.line(
                JobPhrases.message(job, holder: sheet.holder), max: 1_500))
        data["deduplicated"] = sheet.isDeduplicated.map { .bool($0) }
        data["waits_for"] = sheet.holder.map { .string("\($0)") }
        data["estimated_duration"] = sheet.estimate.map { .string(DurationText.estimate($0)) }
        data["timeout"] = job.deadline.map { .int($0.inMilliseconds / 1_000) }
        data["log_url"] = logURL(sheet).map { .string($0) }
        data["retry_of"] = job.retryOf.map {
            .string("\(JobID(operation: job.operation, token: $0))")
        }
        addRemote(job, to: &data)
        addSteps(sheet, to: &data)
        addFacts(sheet, to: &data)
        addDoubts(job, to: &data)
        if !sheet.notes.isEmpty { data["notes"] = .array(sheet.notes.map { .string($0) }) }
        return data
    }

    /// How long the texts of one job may be, in characters.
    struct Room: Sendable, Hashable {
        let name: Int
        let message: Int

        /// Of a job on its own.
        static let whole = Room(name: 200, message: BoundedText.messageMax)

        /// Of each job in a list: a full page with an error in every job stays within a result.
        init(listOf count: Int) {
            name = max(Self.nameMin, min(Self.whole.name, Self.namesMax / max(1, count)))
            message = max(
                Self.messageMin, min(Self.whole.message, Self.messagesMax / max(1, count)))
        }

        private init(name: Int, message: Int) {
            self.name = name
            self.message = message
        }

        private static let nameMin = 50
        private static let messageMin = 80
        /// Characters of all names and of all messages on a page.
        private static let namesMax = 5_000
        private static let messagesMax = 8_000
    }

    /// The jobs of a list, each in a row.
    struct Rows: Sendable, Hashable {
        let items: JSONValue
        /// What the rows lack so that all of them fit; nil when they lack nothing.
        let note: String?
    }

    /// The jobs of a list as rows that fit into an answer together, the leaner the more there are.
    static func list(_ jobs: [JobRecord], as weight: OutgoingWeight) -> Rows {
        let whole = JSONValue.array(
            jobs.map { .object(brief($0, room: Room(listOf: jobs.count))) })
        if weight.of(whole, upTo: rowsMax) <= rowsMax { return Rows(items: whole, note: nil) }
        let leaner = JSONValue.array(jobs.map { .object(lean($0, weight)) })
        if weight.of(leaner, upTo: rowsMax) <= rowsMax {
            return Rows(
                items: leaner,
                note: "So that all fit, rows leave out ids of targets, started_at, duration_ms, "
                    + "success, action and operation_status: \(more)")
        }
        return Rows(
            items: .array(jobs.map { .object(least($0, weight)) }),
            note: "So that all fit, rows have a name, a status and an error code only: \(more)")
    }

    /// The most that all rows take of an answer.
    private static let rowsMax = 92_000
    private static let more = "\(ToolName.get) has the rest, and so has a smaller page_size."
    /// The most that a name and a message take in a lean row.
    private static let leanNameMax = 130
    private static let leanMessageMax = 200

    /// A row without what follows from its other members.
    private static func lean(_ job: JobRecord, _ weight: OutgoingWeight) -> JSONObject {
        var data = brief(job)
        let prefix = OperationWords.prefix(of: job.target.type)
        for name in [
            "operation_status", "action", "success", "started_at", "duration_ms", "\(prefix)_id",
        ] {
            data[name] = nil
        }
        shorten(&data, "\(prefix)_name", to: leanNameMax, weight)
        if var error = data["error"]?.object {
            shorten(&error, "message", to: leanMessageMax, weight)
            data["error"] = .object(error)
        }
        return data
    }

    /// A row that only tells jobs from each other.
    private static func least(_ job: JobRecord, _ weight: OutgoingWeight) -> JSONObject {
        let row = lean(job, weight)
        let prefix = OperationWords.prefix(of: job.target.type)
        var data = JSONObject()
        for name in ["job_id", "status", "phase", "operation", "\(prefix)_name", "created_at"] {
            data[name] = row[name]
        }
        if let code = row["error"]?["code"] { data["error"] = ["code": code, "message": ""] }
        return data
    }

    private static func shorten(
        _ data: inout JSONObject, _ name: String, to max: Int, _ weight: OutgoingWeight
    ) {
        data[name] = data[name]?.string.map { .string(weight.head(of: $0, max: max)) }
    }

    private static func brief(
        _ job: JobRecord, isPartial: Bool = false, room: Room = .whole
    ) -> JSONObject {
        var data: JSONObject = [
            "job_id": .string("\(job.id)"), "status": .string(job.state.status.rawValue),
        ]
        data["phase"] = job.state.phase.map { .string($0.rawValue) }
        data["operation"] = .string(job.operation.idWord)
        data["operation_status"] = .string(
            OperationWords.status(of: job.operation, in: job.state, isPartial: isPartial))
        data["action"] = OperationWords.action(of: job.operation).map { .string($0) }
        let prefix = OperationWords.prefix(of: job.target.type)
        data["\(prefix)_id"] = job.target.id.map { .string($0) }
        data["\(prefix)_name"] = .string(BoundedText.line(job.target.name, max: room.name))
        if job.state.isTerminal { data["success"] = .bool(job.state == .success) }
        data["created_at"] = .string(job.createdAt.iso8601)
        data["started_at"] = job.startedAt.map { .string($0.iso8601) }
        data["completed_at"] = job.finishedAt.map { .string($0.iso8601) }
        if let duration = job.duration {
            data["duration"] = .string(DurationText.exact(duration))
            data["duration_ms"] = .int(duration.inMilliseconds)
        }
        data["error"] = job.error.map {
            [
                "code": .string(ToolErrorCode(job: job).rawValue),
                "message": .string(BoundedText.line($0.message, max: room.message)),
            ]
        }
        return data
    }

    /// Whether a procedure failed after some of its steps had been done.
    private static func isPartial(_ sheet: JobSheet) -> Bool {
        guard sheet.job.operation == .runProcedure, sheet.job.state == .failed(.remoteFailed),
            let digest = sheet.digest
        else { return false }
        return sheet.facts.stepsCompleted.map { $0 > 0 } ?? (digest.stepsCompleted > 0)
    }

    /// Komodo's own page of a run, which only Core has: its updates have object ids.
    private static func logURL(_ sheet: JobSheet) -> String? {
        guard let base = sheet.baseURL, let update = sheet.job.remote?.updateID,
            update.utf8.count == objectIDBytes, update.allSatisfy(\.isHexDigit)
        else { return nil }
        return "\(base)/updates/\(update)"
    }

    private static let objectIDBytes = 24

    /// The documented name of Komodo's id of a run.
    static func remoteIDName(_ operation: JobOperation) -> String {
        [.runProcedure, .triggerAction].contains(operation) ? "execution_id" : "remote_job_id"
    }

    /// Whether `commit` is documented as an object.
    static func commitIsObject(_ operation: JobOperation) -> Bool {
        [.pullRepo, .cloneRepo].contains(operation)
    }

    /// The longest word of Komodo, such as a version or a hash, in characters.
    private static let wordMax = 100

    private static func word(_ text: String) -> JSONValue {
        .string(BoundedText.line(text, max: wordMax))
    }

    private static func addRemote(_ job: JobRecord, to data: inout JSONObject) {
        data[remoteIDName(job.operation)] = job.remote?.updateID.map(word)
        data["version"] = job.version.map(word)
        data["commit"] = job.commitHash.map(word).map {
            commitIsObject(job.operation) ? ["hash": $0] : $0
        }
    }

    private static func addSteps(_ sheet: JobSheet, to data: inout JSONObject) {
        guard let digest = sheet.digest else {
            if !sheet.expectedSteps.isEmpty {
                data["steps"] = LogDigest.json(sheet.expectedSteps)
            }
            return
        }
        data["steps"] = LogDigest.json(digest.steps)
        if sheet.job.operation == .runProcedure {
            data["steps_completed"] = .int(digest.stepsCompleted)
            data["steps_failed"] = .int(digest.stepsFailed)
            if isPartial(sheet) { data["partial"] = true }
        }
        let isFailed = sheet.job.state.status == .failed
        if isFailed { data["failed_step"] = digest.failedStep.map { .string($0) } }
        if isFailed || sheet.job.operation == .triggerAction, !digest.output.isEmpty {
            data["output"] = .string(digest.output)
        }
    }

    /// Komodo knows better than its log what it told of the run; how long it takes is known better
    /// here, and what it wrote in the end is in the log.
    private static func addFacts(_ sheet: JobSheet, to data: inout JSONObject) {
        let job = sheet.job
        let facts = sheet.facts.data(of: job.operation, isOver: job.state.isTerminal)
        let oursFirst: Set = ["estimated_duration", "output", "server_id", "timeout"]
        for member in facts.members
        where !oursFirst.contains(member.key) || data[member.key] == nil {
            data[member.key] = member.value
        }
        guard job.operation == .runProcedure, let variables = job.arguments["variables"]?.object,
            JSONValue.object(variables).serialized().utf8.count <= BoundedText.quoteBytesMax
        else { return }
        data["variables"] = .object(variables)
    }

    /// The most updates that are named as possibly a job's own.
    private static let candidatesMax = 20

    private static func addDoubts(_ job: JobRecord, to data: inout JSONObject) {
        data["cancel_requested_at"] = job.cancelRequestedAt.map { .string($0.iso8601) }
        data["next_attempt_at"] = job.wakeAt.map { .string($0.iso8601) }
        data["late_outcome"] = job.lateOutcome.map(word)
        data["duplicate_detected"] = job.duplicateUpdate.map(word)
        if !job.candidates.isEmpty {
            data["candidates"] = .array(job.candidates.prefix(candidatesMax).map(word))
        }
    }
}

extension ToolErrorCode {
    /// The code of a job that ended badly.
    init(job: JobRecord) {
        let last = job.error.map { ToolErrorCode($0.code) }
        switch job.state {
        case .failed(.remoteFailed), .failed(.remoteInterrupted), .failed(.compensationFailed):
            self = .executionError
        case .failed(.deadline): self = .timeoutError
        case .failed(.outcomeUnknown): self = .outcomeUnknown
        case .failed, .pending, .starting, .running, .success, .cancelled:
            self = last ?? .executionError
        }
    }
}
