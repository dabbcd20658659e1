internal import JobStore
internal import Jobs
internal import KomodoClient
internal import Redaction

/// Turns Komodo's logs into what is stored: plain text, without secrets, of bounded size.
struct LogScribe: Sendable {
    let redactor: Redactor

    func entries(_ logs: [UpdateLog], attempt: Int) -> [LogEntry] {
        logs.prefix(LogEntry.stagesMax).enumerated().map { position, log in
            let stdout = redactor.plain(log.stdout)
            let stderr = redactor.plain(log.stderr)
            return LogEntry(
                attempt: attempt, position: position,
                stage: log.stageName(redactor),
                command: LogEntry.capped(redactor.plain(log.command)),
                stdout: LogEntry.capped(stdout),
                stderr: LogEntry.capped(stderr), stdoutSize: stdout.utf8.count,
                stderrSize: stderr.utf8.count, success: log.success, startedAt: log.startedAt,
                endedAt: log.endedAt)
        }
    }
}
