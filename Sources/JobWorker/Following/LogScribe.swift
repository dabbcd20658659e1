internal import JobStore
internal import Jobs
internal import KomodoClient
internal import Redaction

/// Turns Komodo's logs into what is stored: plain text, without secrets, of bounded size.
struct LogScribe: Sendable {
    let redactor: Redactor

    func entries(_ logs: [UpdateLog], attempt: Int) -> [LogEntry] {
        let mask = ValueMask(redactor, strips: true)
        let entries = logs.prefix(LogEntry.stagesMax).enumerated().map { position, log in
            let stdout = mask.log(log.stdout)
            let stderr = mask.log(log.stderr)
            return LogEntry(
                attempt: attempt, position: position,
                stage: mask.text(log.stageName(redactor)), command: mask.log(log.command),
                stdout: stdout, stderr: stderr, stdoutSize: stdout.utf8.count,
                stderrSize: stderr.utf8.count, success: log.success, startedAt: log.startedAt,
                endedAt: log.endedAt)
        }
        let share = LogEntry.share(
            of: entries.flatMap { [$0.command.utf8.count, $0.stdoutSize, $0.stderrSize] })
        return entries.map { entry in
            var entry = entry
            entry.command = LogEntry.capped(entry.command, max: share)
            entry.stdout = LogEntry.capped(entry.stdout, max: share)
            entry.stderr = LogEntry.capped(entry.stderr, max: share)
            return entry
        }
    }
}
