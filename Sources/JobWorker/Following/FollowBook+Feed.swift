internal import JobStore
internal import Jobs
internal import KomodoClient

/// What Komodo tells by itself makes polls early or rare; it never says how a job stands.
extension FollowBook {
    /// The wait between polls of jobs of which the feed is to tell.
    ///
    /// A feed that has gone silent is found out after 90 s at most; until then nobody waits longer
    /// than this for an end that it did not tell of.
    static let relaxedWait: Duration = .seconds(30)
    /// From a hint to the poll that it causes, so that others join in.
    static let hintWait: Duration = .milliseconds(100)
    /// A job that is followed for so long is worth a connection; most end sooner.
    static let feedAfter: Duration = .seconds(2)

    /// No poll before this moment, because the feed has caused too many.
    var pollsFrom: Int64 { feed.isTrusted ? allowance.opensAt : .min }

    /// Whether a job is followed of which a feed could tell for long enough.
    func isWorthAFeed(at now: Int64) -> Bool {
        let age = (Self.feedAfter * scale).inMilliseconds
        return entries.values.contains { entry in
            entry.job.remote?.updateID != nil && now - entry.pace.startedAt >= age
        }
    }

    /// The feed has begun; what happened before is not told, so everything is looked at.
    mutating func feedOpened(at now: Int64) {
        feed.open()
        for row in entries.keys {
            entries[row]?.relaxedSince = nil
            entries[row]?.isEndTold = false
            hasten(row, at: now)
        }
    }

    /// The feed has ended; everything is polled at its own pace again.
    mutating func feedLost(at now: Int64) {
        feed.close()
        quicken(at: now)
    }

    /// Something was told; what it may mean for a job is looked at soon.
    mutating func told(_ hint: UpdateHint, at now: Int64) {
        guard let row = rows[hint.id], let entry = entries[row] else { return }
        feed.prove()
        guard hint.isNews(to: entry.job) else { return }
        entries[row]?.isEndTold = entry.isEndTold || hint.status != .inProgress
        entries[row]?.hastenedAt = now
        entries[row]?.dueAt = min(
            entry.dueAt, now + (Self.hintWait * scale).inMilliseconds)
    }

    /// A poll has found these jobs at their ends.
    ///
    /// If the feed should have told of one and has not, it is not relied upon until it tells of one
    /// of ours again.
    ///
    /// - Parameter asked: when the poll was sent.
    mutating func foundOver(_ rows: [Int64], since asked: Int64, at now: Int64) {
        let isMissing = rows.contains { row in
            guard let entry = entries[row], let since = entry.relaxedSince else { return false }
            return since < asked && !entry.isEndTold
        }
        guard isMissing, feed.isTrusted else { return }
        feed.doubt()
        quicken(at: now)
    }

    /// Whether logs may grow of which the feed does not tell who reads them.
    var hasGrowingLogs: Bool {
        entries.values.contains { $0.job.operation.spec.logsGrow }
    }

    /// These jobs have readers of their logs, who are not to wait for the feed.
    mutating func watch(_ watched: Set<Int64>, at now: Int64) {
        for (row, entry) in entries where entry.job.operation.spec.logsGrow {
            let isWatched = watched.contains(row)
            if isWatched, !entry.isWatched { entries[row]?.dueAt = min(entry.dueAt, now) }
            entries[row]?.isWatched = isWatched
        }
    }

    private mutating func quicken(at now: Int64) {
        for (row, entry) in entries {
            entries[row]?.relaxedSince = nil
            entries[row]?.dueAt = min(
                entry.dueAt, now + entry.pace.next(at: now).inMilliseconds)
        }
    }
}

extension FollowBook.Entry {
    /// Whether the feed can tell all that anybody waits for.
    var mayRelax: Bool { job.remote?.updateID != nil && !isWatched }
}

extension UpdateHint {
    /// Whether it may mean something that is not known of the job.
    fileprivate func isNews(to job: JobRecord) -> Bool {
        switch status {
        case .queued: false
        // That an accepted run has begun shows in its first poll.
        case .inProgress: job.state == .running(.unreachable)
        case .complete, .other: true
        }
    }
}
