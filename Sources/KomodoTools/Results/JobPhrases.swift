internal import JobStore
internal import Jobs

/// What is said about a job in one sentence.
enum JobPhrases {
    /// For progress notifications and status messages.
    static func message(_ job: JobRecord, holder: JobID? = nil) -> String {
        let what = "\(job.operation.rawValue) \(BoundedText.line(job.target.name, max: 100))"
        return "\(what): \(state(job, holder: holder))"
    }

    private static func state(_ job: JobRecord, holder: JobID?) -> String {
        switch job.state {
        case .pending(let phase): waiting(job, phase, holder)
        case .starting(.claimed): "a worker has it and is about to send it."
        case .starting(.sending): "is being handed to Komodo."
        case .starting: "the answer was lost; looking in Komodo for evidence of what happened."
        case .running(let phase): running(job, phase)
        case .success: "succeeded\(took(job))."
        case .failed(let phase): failed(job, phase)
        case .cancelled: "was cancelled. \(reason(job))".trimmed
        }
    }

    private static func waiting(
        _ job: JobRecord, _ phase: JobPhase, _ holder: JobID?
    ) -> String {
        let moment = job.wakeAt.map { " Next try at \($0.iso8601)." } ?? ""
        switch phase {
        case .scheduled: return "scheduled for \(job.runAt.iso8601)."
        case .throttled: return "waits for the rate budget.\(moment)"
        case .held where job.wakeAt != nil, .backoff: return "waits. \(reason(job))\(moment)"
        case .held:
            return holder.map { "waits for \($0), which runs on the same target." }
                ?? "waits for another job on the same target."
        case .blocked: return "waits for a job that it depends on."
        default: return "accepted and on disk; waits for a worker."
        }
    }

    private static func running(_ job: JobRecord, _ phase: JobPhase) -> String {
        switch phase {
        case .cancelling: return "Komodo was asked to cancel it."
        case .unreachable: return "Komodo cannot be reached; the operation may go on there."
        case .verifying: return "done in Komodo; waits until the target is healthy."
        default:
            guard job.cancelRequestedAt != nil else { return "runs in Komodo." }
            return "runs in Komodo; cancellation was asked for."
        }
    }

    private static func failed(_ job: JobRecord, _ phase: JobPhase) -> String {
        switch phase {
        case .deadline:
            "we stopped waiting; Komodo may still be working. \(reason(job))".trimmed
        case .outcomeUnknown:
            "nobody can tell whether it ran. \(reason(job)) Look into Komodo, then settle it with "
                + "\(ToolName.resolve)."
        default: "failed (\(phase.rawValue))\(took(job)). \(reason(job))".trimmed
        }
    }

    private static func reason(_ job: JobRecord) -> String {
        job.error.map { BoundedText.line($0.message) } ?? ""
    }

    private static func took(_ job: JobRecord) -> String {
        job.duration.map { " after \(DurationText.exact($0))" } ?? ""
    }
}

extension JobRecord {
    /// How long a finished job took in Komodo; nil when Komodo never had it, and when nobody knows
    /// when it ended there.
    var duration: Duration? {
        guard let finishedAt, let acceptedAt else { return nil }
        switch state {
        case .failed(.deadline), .failed(.outcomeUnknown): return nil
        case .pending, .starting, .running, .success, .failed, .cancelled:
            return max(finishedAt - acceptedAt, .zero)
        }
    }
}

extension String {
    /// Without spaces at the end.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
