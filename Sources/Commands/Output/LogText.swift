internal import JSON
internal import JobStore

/// Logs as text and as JSON.
enum LogText {
    /// The stages under their headings.
    ///
    /// - Parameter tail: only so many of the last lines.
    static func text(_ logs: [LogEntry], tail: Int?, style: Style) -> String {
        var lines: [String] = []
        for log in logs {
            lines.append(heading(log, style: style))
            if !log.command.isEmpty { lines.append(command(log, style: style)) }
            for text in [log.stdout, log.stderr] where !text.isEmpty {
                let whole = text.hasSuffix("\n") ? text.dropLast() : text[...]
                lines += whole.split(separator: "\n", omittingEmptySubsequences: false)
                    .map(String.init)
            }
        }
        return (tail.map { Array(lines.suffix($0)) } ?? lines).joined(separator: "\n")
    }

    static func heading(_ log: LogEntry, style: Style) -> String {
        let mark = log.success ? "" : " (failed)"
        let attempt = log.attempt > 1 ? " of attempt \(log.attempt)" : ""
        return style.bold("── \(JobText.plain(log.stage))\(attempt)\(mark)")
    }

    /// What was run, as at a prompt.
    static func command(_ log: LogEntry, style: Style) -> String {
        style.faint("$ " + log.command)
    }

    /// One stage: `attempt, position, stage, command, stdout, stderr, stdout_size, stderr_size,
    /// success, started_at, ended_at`; sizes are those before the texts were capped.
    static func json(_ log: LogEntry) -> JSONValue {
        [
            "attempt": .int(log.attempt), "position": .int(log.position),
            "stage": .string(log.stage), "command": .string(log.command),
            "stdout": .string(log.stdout), "stderr": .string(log.stderr),
            "stdout_size": .int(log.stdoutSize), "stderr_size": .int(log.stderrSize),
            "success": .bool(log.success), "started_at": JobJSON.time(log.startedAt),
            "ended_at": JobJSON.time(log.endedAt),
        ]
    }
}
