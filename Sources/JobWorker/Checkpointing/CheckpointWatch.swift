internal import JobStore

/// Decides when an operator must hear that the write-ahead log does not start anew.
struct CheckpointWatch {
    /// What became of a checkpoint.
    enum Result {
        /// It was not needed, or has done everything.
        case done
        case obstructed(Checkpointer.Obstacle)
        /// Another process was at it.
        case leftToAnother
        case failed(String)
    }

    /// Readers of seconds and a disk that is full for a moment are nothing to tell.
    private static let silentMilliseconds: Int64 = 10_000
    private static let repeatMilliseconds: Int64 = 60_000

    private var since: Int64?
    private var told: Int64?
    private var logBytes = 0
    private var obstacle: Checkpointer.Obstacle?

    /// Takes a result; `now` in milliseconds since boot.
    ///
    /// - Parameter logBytes: how much of the log is in use; a log that is shorter than before has
    ///   started anew, whoever did it.
    /// - Returns: what to log, if anything.
    mutating func note(_ result: Result, logBytes: Int, at now: Int64) -> String? {
        if logBytes < self.logBytes { since = nil }
        self.logBytes = logBytes
        if since == nil { obstacle = nil }
        switch result {
        case .done:
            since = nil
            return nil
        case .obstructed(let obstacle): self.obstacle = obstacle
        case .leftToAnother, .failed: break
        }
        let since = since ?? now
        self.since = since
        guard now - since >= Self.silentMilliseconds else { return nil }
        if let told, now - told < Self.repeatMilliseconds { return nil }
        told = now
        return text(result)
    }

    private func text(_ result: Result) -> String {
        if case .failed = result { return "The write-ahead log cannot be moved into the database" }
        return switch obstacle {
        case .reader:
            "The write-ahead log cannot start anew: a process has been reading the database all the "
                + "time; end backups and shells that keep it open"
        case .writer:
            "The write-ahead log cannot be moved: other processes write all the time"
        case nil:
            "The write-ahead log does not start anew, and another process has been at it all the "
                + "time"
        }
    }
}
