/// When a stream was last written to, and what that asks for.
struct Pace {
    /// What is to be done about a stream now.
    enum Due: Hashable {
        case nothing
        /// A comment, for it was silent.
        case comment
        /// The end of the connection, for its client does not read.
        case end
    }

    let keepAliveInterval: Duration
    let writeTimeout: Duration
    private var lastWrite: Duration
    private var writingSince: Duration?
    private var owesComment = false

    init(keepAliveInterval: Duration, writeTimeout: Duration, now: Duration) {
        self.keepAliveInterval = keepAliveInterval
        self.writeTimeout = writeTimeout
        lastWrite = now
    }

    /// A write begins.
    mutating func begin(at now: Duration) { writingSince = now }

    /// It is done.
    mutating func finish(at now: Duration) {
        writingSince = nil
        lastWrite = now
    }

    /// How long nothing can be due.
    func wait(at now: Duration) -> Duration {
        if let writingSince { return writingSince + writeTimeout - now }
        return lastWrite + keepAliveInterval - now
    }

    /// What is due; a comment is due once in an interval.
    mutating func due(at now: Duration) -> Due {
        if let writingSince { return now - writingSince >= writeTimeout ? .end : .nothing }
        guard now - lastWrite >= keepAliveInterval else { return .nothing }
        lastWrite = now
        owesComment = true
        return .comment
    }

    /// Whether a comment is owed, which it is not any more.
    mutating func takeComment() -> Bool {
        defer { owesComment = false }
        return owesComment
    }
}
