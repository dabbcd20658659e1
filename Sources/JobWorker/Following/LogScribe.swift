internal import JobStore
internal import Jobs
internal import KomodoClient
internal import Redaction

/// Turns Komodo's logs into what is stored: plain text, without secrets, of bounded size.
struct LogScribe: Sendable {
    let redactor: Redactor

    func entries(_ logs: [UpdateLog], attempt: Int) -> [LogEntry] {
        let mask = ValueMask(redactor, strips: true)
        return logs.prefix(LogEntry.stagesMax).enumerated().map { position, log in
            let stdout = mask.log(log.stdout)
            let stderr = mask.log(log.stderr)
            return LogEntry(
                attempt: attempt, position: position,
                stage: mask.text(log.stageName(redactor)),
                command: LogEntry.capped(mask.log(log.command)),
                stdout: LogEntry.capped(stdout),
                stderr: LogEntry.capped(stderr), stdoutSize: stdout.utf8.count,
                stderrSize: stderr.utf8.count, success: log.success, startedAt: log.startedAt,
                endedAt: log.endedAt)
        }
    }
}
