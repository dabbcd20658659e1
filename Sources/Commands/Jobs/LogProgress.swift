internal import JobStore

/// How much of a growing log was printed already.
///
/// Printed one piece after the other, the pieces read like the whole log at the end.
struct LogProgress {
    private struct Key: Hashable {
        let attempt: Int
        let position: Int
    }

    /// What was seen of one text of a stage.
    private struct Text {
        /// Its size before it was capped.
        var size = 0
        /// Whether it ended within a line, which was ended for it.
        var isLineOpen = false
    }

    private struct Stage {
        var stdout = Text()
        var stderr = Text()
        var log: Facts
    }

    /// What tells that a stage has changed.
    private struct Facts: Equatable {
        let sizes: [Int]
        let success: Bool
        let isOver: Bool

        init(_ log: LogEntry) {
            sizes = [log.stdoutSize, log.stderrSize]
            success = log.success
            isOver = log.endedAt != nil
        }
    }

    private var stages: [Key: Stage] = [:]
    /// The heading that the last piece stands under.
    private var heading = ""

    /// What is new in a stage: whole lines under its heading; empty when nothing is.
    mutating func news(in log: LogEntry, style: Style) -> String {
        let key = Key(attempt: log.attempt, position: log.position)
        var stage = stages[key] ?? Stage(log: Facts(log))
        let isFirst = stages[key] == nil
        let hasFailed = !isFirst && stage.log.success && !log.success
        let lines =
            Self.lines(of: log.stdout, size: log.stdoutSize, after: &stage.stdout)
            + Self.lines(of: log.stderr, size: log.stderrSize, after: &stage.stderr)
        stage.log = Facts(log)
        stages[key] = stage
        guard isFirst || hasFailed || !lines.isEmpty else { return "" }
        var text = ""
        let heading = LogText.heading(log, style: style)
        if isFirst || heading != self.heading { text += heading + "\n" }
        self.heading = heading
        if isFirst, !log.command.isEmpty { text += LogText.command(log, style: style) + "\n" }
        return text + lines
    }

    /// Whether a stage has changed since the last time.
    mutating func hasNews(in log: LogEntry) -> Bool {
        let key = Key(attempt: log.attempt, position: log.position)
        let facts = Facts(log)
        defer { stages[key] = Stage(log: facts) }
        return stages[key]?.log != facts
    }

    private static func lines(of text: String, size: Int, after seen: inout Text) -> String {
        var piece = grown(text, by: size - seen.size, isFirst: seen.size == 0)
        seen.size = size
        guard !piece.isEmpty else { return "" }
        if seen.isLineOpen, piece.first == "\n" { piece = piece.dropFirst() }
        seen.isLineOpen = !text.hasSuffix("\n")
        return piece.isEmpty || piece.hasSuffix("\n") ? String(piece) : piece + "\n"
    }

    /// The end of `text` that is new; what was left out of its middle stays out.
    private static func grown(_ text: String, by count: Int, isFirst: Bool) -> Substring {
        guard !isFirst else { return text[...] }
        let bytes = text.utf8
        let room = bytes.count > LogEntry.textBytesMax ? LogEntry.textBytesMax / 2 : bytes.count
        return Substring(bytes.suffix(min(max(count, 0), room)))
    }
}
