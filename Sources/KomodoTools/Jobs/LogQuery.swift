internal import JobStore

/// Which part of a log is wanted.
struct LogQuery: Sendable, Hashable {
    var attempt: Int?
    /// A part of a stage's name, in any case.
    var stage: String?
    /// Only lines that contain this, in any case.
    var grep: String?
    /// Only the last lines.
    var tail: Int?
    /// From here on.
    var cursor: LogCursor?

    /// The most lines of one page.
    static let linesMax = 1_000

    /// Whether the stage is wanted.
    func accepts(_ entry: LogEntry) -> Bool {
        if let attempt, entry.attempt != attempt { return false }
        guard let stage else { return true }
        return entry.stage.lowercased().contains(stage.lowercased())
    }
}
