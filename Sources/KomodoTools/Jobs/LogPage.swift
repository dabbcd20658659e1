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

    /// What the lines of a page take of a result; half of it is 40 kB of plain text.
    private static let textMax = 2 * BoundedText.logBytesMax

    /// Cuts the wanted part out of `logs`.
    ///
    /// - Parameter mask: a line as it will leave, so that what is counted here is what is sent.
    /// - Complexity: O(n) in the bytes of the log.
    init(_ logs: [LogEntry], _ query: LogQuery, mask: (String) -> String = { $0 }) {
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
        let part = Self.part(of: wanted, tail: query.tail, mask)
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
        var text: String
        let entry: LogEntry

        /// What it adds to a page, without a heading.
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
        of lines: [Line], tail: Int?, _ mask: (String) -> String
    ) -> (lines: [Line], isBeginningOmitted: Bool, isEndOmitted: Bool) {
        func masked(_ line: Line) -> Line {
            var line = line
            line.text = mask(line.text)
            return line
        }
        if let tail {
            let wanted = lines.suffix(min(tail, LogQuery.linesMax)).map(masked)
            let count = fitting(wanted.reversed())
            return (Array(wanted.suffix(count)), count < lines.count, false)
        }
        let wanted = lines.prefix(LogQuery.linesMax).map(masked)
        let count = fitting(wanted)
        return (Array(wanted.prefix(count)), false, count < lines.count)
    }

    /// How many of `lines`, from the first, fit into a page.
    private static func fitting(_ lines: some Sequence<Line>) -> Int {
        var room = textMax
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

    /// What a line takes; the quotes stand for its end.
    private static func cost(_ line: String) -> Int { OutgoingWeight.result.of(line) }

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
