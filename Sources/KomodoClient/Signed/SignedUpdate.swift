internal import JSON
internal import Jobs
internal import Redaction

/// Puts what the signed interface tells of a run into the terms that both dialects share.
enum SignedUpdate {
    /// The facts of an entry that are kept with the job.
    private static let factNames = [
        "steps_completed", "steps_failed", "exit_code", "build_number", "image_size", "image",
        "duration",
    ]

    /// The summary of a run.
    static func summary(
        id: String?, operation: String, target: Target, startedAt: Timestamp,
        meaning: SignedStatus.Meaning
    ) -> UpdateSummary {
        UpdateSummary(
            id: id, operation: operation, startedAt: startedAt,
            status: meaning == .underWay ? .inProgress : .complete, success: meaning == .succeeded,
            operatorID: "", targetType: target.type.rawValue, targetID: target.id ?? "")
    }

    /// The whole run of an entry in a resource's history.
    static func update(
        of run: RemoteRun, _ entry: SignedRuns.Entry, redactor: Redactor
    ) -> Update {
        let document = entry.document
        let summary = summary(
            id: entry.id, operation: run.operation.spec.request, target: run.target,
            startedAt: entry.startedAt, meaning: entry.meaning)
        return Update(
            summary: summary, endedAt: end(of: entry), logs: logs(of: document, entry),
            version: document.field("version")?.word,
            commitHash: document.field("commit")?.word,
            statedOutcome: outcome(of: entry.meaning, run.operation, document, redactor: redactor),
            facts: facts(of: document))
    }

    /// How a run ended, in one of our words; nil while it goes on.
    static func outcome(
        of meaning: SignedStatus.Meaning, _ operation: JobOperation, _ document: JSONValue,
        redactor: Redactor
    ) -> RemoteOutcome? {
        switch meaning {
        case .underWay: return nil
        case .succeeded: return .succeeded
        case .cancelled:
            return .cancelled(JobError(.executionError, "It was cancelled in Komodo."))
        case .failed:
            return .failed(
                JobError(.executionError, reason(operation, document, redactor: redactor)))
        }
    }

    private static func reason(
        _ operation: JobOperation, _ document: JSONValue, redactor: Redactor
    ) -> String {
        let result = document.field("result")
        let text =
            document.field(["error", "message"])?.word ?? result?.field("error")?.word
            ?? document.field("output")?.word.map { lastLine($0) } ?? ""
        var reason = Quote.answer(text, redactor: redactor)
        if reason.isEmpty { reason = "Komodo reports that \(operation.rawValue) failed." }
        if let done = document.field("steps_completed")?.int,
            let failed = document.field("steps_failed")?.int
        {
            reason += " Steps completed: \(done), failed: \(failed)."
        }
        return reason
    }

    private static func lastLine(_ text: String) -> String {
        text.split(separator: "\n").last.map(String.init) ?? text
    }

    private static func end(of entry: SignedRuns.Entry) -> Timestamp? {
        if let end = entry.document.field("completed_at")?.moment { return end }
        // A number is seconds; the texts for people are kept as they are.
        let seconds = entry.document.field("duration")?.double
        return seconds.map { entry.startedAt + .milliseconds(Int64(max(0, min($0, 1e9)) * 1_000)) }
    }

    private static func logs(of document: JSONValue, _ entry: SignedRuns.Entry) -> [UpdateLog] {
        let lines = document.field("logs")?.array?.compactMap(\.string) ?? []
        let output = document.field("output")?.word ?? lines.joined(separator: "\n")
        let error = document.field("error")?.word ?? ""
        guard !output.isEmpty || !error.isEmpty else { return [] }
        return [
            UpdateLog(
                stage: "Output", command: "", stdout: output, stderr: error,
                success: entry.meaning != .failed, startedAt: entry.startedAt,
                endedAt: end(of: entry))
        ]
    }

    private static func facts(of document: JSONValue) -> JSONObject {
        var facts = JSONObject()
        for name in factNames {
            guard let value = document.field(name) else { continue }
            switch value {
            case .string(let text): facts[name] = .string(Quote.word(text))
            case .number, .bool: facts[name] = value
            case .null, .array, .object: break
            }
        }
        let isPartial =
            document.field("status")?.string?.lowercased() == "partial"
            || ((facts["steps_completed"]?.int ?? 0) > 0 && (facts["steps_failed"]?.int ?? 0) > 0)
        if isPartial { facts["partial"] = true }
        return facts
    }
}
