internal import JSON
internal import JobStore
internal import Redaction

/// A part of a log: bounded, with true totals.
struct LogPage: Sendable, Hashable {
    /// The lines under headings of their stages.
    let text: String
    /// Lines in ``text``, headings left out.
    let lines: Int
    /// Lines of the wanted stages.
    let linesTotal: Int
    /// Of those, the ones that contain what was looked for.
    let linesMatched: Int
    /// Bytes of the wanted stages before anything was capped.
    let bytesTotal: Int
    /// Where the next page begins.
    let next: LogCursor
    /// Whether matching lines come after this page.
    let hasMore: Bool
    /// Whether matching lines were left out before it.
    let isBeginningOmitted: Bool

    /// The most bytes of a line.
    private static let lineBytesMax = 2_000

    /// Cuts the wanted part out of `logs`.
    ///
    /// - Complexity: O(n) in the bytes of the log.
    init(_ logs: [LogEntry], _ query: LogQuery) {
        let entries = logs.filter(query.accepts)
        let needle = query.grep?.lowercased()
        var matching: [Line] = []
        var total = 0
        var end = query.cursor ?? LogCursor(attempt: 0, position: 0, line: 0)
        for entry in entries {
            let lines = Self.lines(of: entry)
            total += lines.count
            for (offset, text) in lines.enumerated() {
                let place = LogCursor(
                    attempt: entry.attempt, position: entry.position, line: offset)
                if needle.map(text.lowercased().contains) ?? true {
                    matching.append(Line(place: place, text: text, entry: entry))
                }
                end = max(end, place.next)
            }
        }
        let wanted = matching.filter { line in query.cursor.map { line.place >= $0 } ?? true }
        let part = Self.part(of: wanted, tail: query.tail)
        text = Self.text(part.lines)
        lines = part.lines.count
        linesTotal = total
        linesMatched = matching.count
        bytesTotal = entries.reduce(0) { $0 + $1.stdoutSize + $1.stderrSize }
        hasMore = part.isEndOmitted
        next = part.isEndOmitted ? part.lines.last?.place.next ?? end : end
        isBeginningOmitted = part.isBeginningOmitted
    }

    private struct Line: Hashable {
        let place: LogCursor
        let text: String
        let entry: LogEntry

        /// What it adds to a page as JSON, without a heading.
        var cost: Int { LogPage.cost(text) }

        func isOfStage(of other: Line) -> Bool {
            place.attempt == other.place.attempt && place.position == other.place.position
        }
    }

    private static func lines(of entry: LogEntry) -> [String] {
        let command = entry.command.isEmpty ? "" : "$ " + entry.command
        return [command, entry.stdout, entry.stderr].filter { !$0.isEmpty }.flatMap { text in
            // Before lines are chosen; it changes no line's number.
            let text = KeyRemains.mask(text)
            let whole = text.hasSuffix("\n") ? text.dropLast() : text[...]
            return whole.split(separator: "\n", omittingEmptySubsequences: false)
                .map { BoundedText.head(String($0), max: lineBytesMax) }
        }
    }

    private static func part(
        of lines: [Line], tail: Int?
    ) -> (lines: [Line], isBeginningOmitted: Bool, isEndOmitted: Bool) {
        if let tail {
            let wanted = lines.suffix(min(tail, LogQuery.linesMax))
            let count = fitting(wanted.reversed())
            return (Array(lines.suffix(count)), count < lines.count, false)
        }
        let count = fitting(lines.prefix(LogQuery.linesMax))
        return (Array(lines.prefix(count)), false, count < lines.count)
    }

    /// How many of `lines`, from the first, fit into a page.
    private static func fitting(_ lines: some Sequence<Line>) -> Int {
        var room = BoundedText.logBytesMax
        var count = 0
        var last: Line?
        for line in lines {
            room -= line.cost
            if last.map({ !line.isOfStage(of: $0) }) ?? true {
                room -= cost(heading(line.entry))
            }
            guard room >= 0 else { break }
            last = line
            count += 1
        }
        return count
    }

    /// The bytes of a line in JSON; the two quotes stand for its end.
    private static func cost(_ line: String) -> Int {
        JSONValue.string(line).serialized().utf8.count
    }

    private static func text(_ lines: [Line]) -> String {
        var pieces: [String] = []
        var last: Line?
        for line in lines {
            if last.map({ !line.isOfStage(of: $0) }) ?? true { pieces.append(heading(line.entry)) }
            last = line
            pieces.append(line.text)
        }
        return pieces.joined(separator: "\n")
    }

    private static func heading(_ entry: LogEntry) -> String {
        let attempt = entry.attempt > 1 ? ", attempt \(entry.attempt)" : ""
        let failed = entry.success ? "" : ", failed"
        return "== \(BoundedText.line(entry.stage, max: 100))\(attempt)\(failed)"
    }
}

extension LogCursor {
    /// The line after this one.
    fileprivate var next: LogCursor {
        LogCursor(attempt: attempt, position: position, line: line + 1)
    }
}
