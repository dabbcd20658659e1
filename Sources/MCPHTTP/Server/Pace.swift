/// When a stream was last written to, and whether it was silent for too long.
struct Pace {
    private let keepAliveInterval: Duration
    private var lastWrite: Duration
    private var owesComment = false

    init(keepAliveInterval: Duration, now: Duration) {
        self.keepAliveInterval = keepAliveInterval
        lastWrite = now
    }

    /// Something was written.
    mutating func wrote(at now: Duration) {
        lastWrite = now
        owesComment = false
    }

    /// How long nothing can be due.
    func wait(at now: Duration) -> Duration { lastWrite + keepAliveInterval - now }

    /// Whether a comment is owed from now on, for the stream was silent; once in an interval.
    mutating func isCommentDue(at now: Duration) -> Bool {
        guard now - lastWrite >= keepAliveInterval else { return false }
        lastWrite = now
        owesComment = true
        return true
    }

    /// Whether a comment is owed, which it is not any more.
    mutating func takeComment() -> Bool {
        defer { owesComment = false }
        return owesComment
    }
}
