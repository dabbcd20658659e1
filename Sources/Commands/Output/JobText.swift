internal import JSON
internal import JobStore
internal import Jobs
private import Redaction

/// Jobs in the words that people read.
enum JobText {
    /// The longest text from elsewhere that is shown on one line.
    private static let plainMax = 500

    /// A text that Komodo or a caller chose, on one line and unable to steer a terminal.
    static func plain(_ text: String) -> String {
        PlainText.singleLine(OutputMask.text(PlainText.strip(text)), max: plainMax)
    }

    /// The arguments of a job on one line.
    static func arguments(_ arguments: JSONObject) -> String {
        let shown = OutputMask.value(["arguments": .object(arguments)])["arguments"]
        return plain(shown?.serialized() ?? "")
    }

    /// What a job does: `deploy web`.
    static func title(_ job: JobRecord) -> String {
        "\(job.operation.rawValue) \(plain(job.target.name))"
    }

    /// Why a job is in its state, in a few words; empty when the status says it all.
    static func reason(_ job: JobRecord, now: Timestamp) -> String {
        plain(rawReason(job, now: now))
    }

    private static func rawReason(_ job: JobRecord, now: Timestamp) -> String {
        switch job.state {
        case .pending(let phase): waiting(job, phase, now)
        case .failed, .cancelled: job.error?.message ?? ""
        case .starting(.reconciling): "the answer was lost; looking for evidence in Komodo"
        case .starting, .success: ""
        case .running(let phase): running(job, phase)
        }
    }

    private static func waiting(_ job: JobRecord, _ phase: JobPhase, _ now: Timestamp) -> String {
        let moment = job.wakeAt.map { " " + TimeText.ago($0, now: now) } ?? ""
        switch phase {
        case .scheduled: return "starts" + moment
        case .throttled: return "waits for the rate budget, next try" + moment
        case .held where job.wakeAt != nil:
            return sentence(job.error?.message ?? "held") + " Next try" + moment + "."
        case .held: return "waits for another job on \(job.target.name)"
        case .backoff:
            return sentence(job.error?.message ?? "waits") + " Next try" + moment + "."
        default: return ""
        }
    }

    private static func sentence(_ text: String) -> String {
        text.last.map { ".!?".contains($0) } ?? false ? text : text + "."
    }

    private static func running(_ job: JobRecord, _ phase: JobPhase) -> String {
        switch phase {
        case .cancelling: "Komodo was asked to cancel it"
        case .unreachable: "Komodo cannot be reached; the operation may go on there"
        case .verifying: "waits until \(job.target.name) is healthy"
        default: job.cancelRequestedAt == nil ? "" : "cancellation asked for"
        }
    }

    /// How long a job took or has been at it; nil when it never started.
    static func duration(_ job: JobRecord, now: Timestamp) -> Duration? {
        guard let start = job.startedAt else { return nil }
        return (job.finishedAt ?? now) - start
    }

    /// A table of jobs.
    static func table(_ jobs: [JobRecord], now: Timestamp, style: Style) -> Table {
        var table = Table(
            ["ID", "STATE", "OPERATION", "TARGET", "CREATED", "TOOK", "REASON"], style: style)
        for job in jobs {
            table.rows.append([
                Table.Cell(job.id.ending),
                Table.Cell("\(job.state)") { style.status($0, job.state.status) },
                Table.Cell(job.operation.rawValue), Table.Cell(job.target.name),
                Table.Cell(TimeText.ago(job.createdAt, now: now)),
                Table.Cell(duration(job, now: now).map(TimeText.short) ?? "-"),
                Table.Cell(reason(job, now: now)) { style.faint($0) },
            ])
        }
        return table
    }
}
