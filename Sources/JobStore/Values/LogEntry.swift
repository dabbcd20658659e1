package import Jobs

/// One stage of an attempt's log, redacted and plain.
package struct LogEntry: Sendable, Hashable {
    package var attempt: Int
    /// The order within the attempt, from 0.
    package var position: Int
    package var stage: String
    package var command: String
    package var stdout: String
    package var stderr: String
    /// The sizes in bytes that the texts had before they were capped.
    package var stdoutSize: Int
    package var stderrSize: Int
    package var success: Bool
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?

    /// The most that is kept of one text; the middle of a longer one is left out.
    package static let textBytesMax = 1 << 20
    /// The most stages that are kept of one attempt.
    package static let stagesMax = 500
    /// The most that the texts of one attempt take together.
    package static let attemptBytesMax = 8 << 20

    /// The most that is kept of each of an attempt's texts, given their sizes in bytes: short ones
    /// leave their share to long ones.
    package static func share(of sizes: [Int]) -> Int {
        var left = attemptBytesMax
        for (index, size) in sizes.map({ min($0, textBytesMax) }).sorted().enumerated() {
            let share = left / (sizes.count - index)
            if size > share { return share }
            left -= size
        }
        return textBytesMax
    }

    package init(
        attempt: Int, position: Int, stage: String, command: String, stdout: String,
        stderr: String, stdoutSize: Int, stderrSize: Int, success: Bool, startedAt: Timestamp?,
        endedAt: Timestamp?
    ) {
        self.attempt = attempt
        self.position = position
        self.stage = stage
        self.command = command
        self.stdout = stdout
        self.stderr = stderr
        self.stdoutSize = stdoutSize
        self.stderrSize = stderrSize
        self.success = success
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    /// The head and the tail of `text` when it is over the limit, cut between characters.
    package static func capped(_ text: String, max: Int = textBytesMax) -> String {
        let bytes = text.utf8
        guard bytes.count > max else { return text }
        let half = max / 2
        let head = String(decoding: bytes.prefix(half), as: UTF8.self)
            .trimmingReplacement(atEnd: true)
        let tail = String(decoding: bytes.suffix(half), as: UTF8.self)
            .trimmingReplacement(atEnd: false)
        return head + "\n… \(bytes.count - max) bytes left out …\n" + tail
    }
}

extension String {
    /// Removes what is left of a character that was cut in two.
    fileprivate func trimmingReplacement(atEnd: Bool) -> String {
        var text = self[...]
        for _ in 0..<4 {
            if atEnd, text.last == "\u{FFFD}" { text.removeLast() }
            if !atEnd, text.first == "\u{FFFD}" { text.removeFirst() }
        }
        return String(text)
    }
}
