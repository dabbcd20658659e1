internal import JobStore
internal import Jobs
internal import KomodoClient
internal import Redaction

/// Turns Komodo's logs into what is stored: plain text, without secrets, of bounded size.
struct LogScribe: Sendable {
    let redactor: Redactor

    private static let stageLengthMax = 200
    private static let messageLengthMax = 600

    func entries(_ logs: [UpdateLog], attempt: Int) -> [LogEntry] {
        logs.prefix(LogEntry.stagesMax).enumerated().map { position, log in
            let stdout = clean(log.stdout)
            let stderr = clean(log.stderr)
            return LogEntry(
                attempt: attempt, position: position,
                stage: PlainText.singleLine(clean(log.stage), max: Self.stageLengthMax),
                command: LogEntry.capped(clean(log.command)), stdout: LogEntry.capped(stdout),
                stderr: LogEntry.capped(stderr), stdoutSize: stdout.utf8.count,
                stderrSize: stderr.utf8.count, success: log.success, startedAt: log.startedAt,
                endedAt: log.endedAt)
        }
    }

    /// What an update that is complete proves.
    func outcome(of update: Update) -> RemoteOutcome {
        let failures = update.logs.filter { !$0.success }.map { log in
            let text = log.stderr.isEmpty ? log.stdout : log.stderr
            return (
                stage: PlainText.singleLine(clean(log.stage), max: Self.stageLengthMax),
                text: String(clean(text).prefix(Self.messageLengthMax))
            )
        }
        return CoreTexts.outcome(
            success: update.summary.success, failures: failures, stages: update.logs.map(\.stage))
    }

    /// Markup goes first, or a tag inside a secret would hide it from the redactor.
    private func clean(_ text: String) -> String {
        redactor.redact(PlainText.strip(text))
    }
}
