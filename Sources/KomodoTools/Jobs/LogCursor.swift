/// Where in a log the next page begins: `attempt.position.line`.
struct LogCursor: Sendable, Hashable, Comparable, CustomStringConvertible {
    let attempt: Int
    /// The stage's place in its attempt.
    let position: Int
    /// The line of the stage, from 0.
    let line: Int

    init(attempt: Int, position: Int, line: Int) {
        self.attempt = attempt
        self.position = position
        self.line = line
    }

    /// Reads what ``description`` wrote; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let attempt = parts[0], let position = parts[1],
            let line = parts[2], attempt >= 0, position >= 0, line >= 0
        else { return nil }
        self.init(attempt: attempt, position: position, line: line)
    }

    var description: String { "\(attempt).\(position).\(line)" }

    static func < (left: LogCursor, right: LogCursor) -> Bool {
        (left.attempt, left.position, left.line) < (right.attempt, right.position, right.line)
    }
}
