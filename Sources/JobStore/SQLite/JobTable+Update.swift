internal import Jobs

extension JobTable {
    /// Writes the columns that differ from what the row has.
    ///
    /// Every column that is named costs its indices a step each, changed or not.
    func update(_ job: JobRecord) throws {
        let columns = loaded.job(job.row).map { JobColumns(from: $0, to: job) } ?? .all
        if !columns.isEmpty {
            var statement = try PositionalStatement(db, columns.updateSQL)
            columns.forEach { statement.bind($0, of: job) }
            statement.bind(job.row)
            try statement.run()
        }
        loaded.remember(job)
        assert(isStored(job), "the row was as it was thought to be")
    }

    private func isStored(_ job: JobRecord) -> Bool {
        do {
            var statement = try PositionalStatement(db, Self.jobSQL)
            statement.bind(job.row)
            guard let stored = try statement.firstJob() else { return false }
            return JobColumns(from: stored, to: job).isEmpty
        } catch {
            // A disk that fails now fails the transaction too.
            return true
        }
    }
}

/// The jobs that a transaction has read or written, as their rows are.
final class LoadedJobs {
    private var jobs: [Int64: JobRecord] = [:]

    func job(_ row: Int64) -> JobRecord? { jobs[row] }
    func remember(_ job: JobRecord) { jobs[job.row] = job }
    /// Forgets a job whose row is changed by a statement of its own.
    func forget(_ row: Int64) { jobs[row] = nil }
}

extension JobRecord {
    /// The job as a transition leaves it.
    func after(_ transition: Transition, at now: Timestamp, owner: String?) -> JobRecord {
        var next = self
        next.state = transition.to
        next.attempt = transition.attempt
        next.failures = transition.failures
        next.error = transition.error
        next.candidates = transition.candidates
        next.leaseOwner = transition.keepsLease ? (owner ?? leaseOwner) : nil
        next.holdsLane = holdsLane && transition.lane == .keep
        next.wakeAt = Self.wakeAt(transition, now)
        next.countPause(now)
        switch transition.doubt {
        case .keep: break
        case .begin: next.doubtedSentAt = doubtedSentAt ?? intent?.sentAtThere
        case .settle: next.doubtedSentAt = nil
        }
        switch transition.to {
        case .pending:
            // A run that is repeated had begun in time, however long it took.
            if retriesFailure, let acceptedAt {
                next.expiresAt = expiresAt + max(now - acceptedAt, .zero)
            }
            next.forgetRemote()
        case .starting: next.forgetRemote()
        case .running:
            next.remote = transition.remote
            if remote == nil {
                next.acceptedAt = now
                next.deadlineAt = deadline.map { now + $0 }
            }
        case .success, .failed, .cancelled:
            next.remote = transition.remote
            next.acceptedAt = acceptedAt ?? (transition.remote == nil ? nil : now)
            next.finishedAt = finishedAt ?? now
        }
        return next
    }

    private mutating func forgetRemote() {
        remote = nil
        acceptedAt = nil
        deadlineAt = nil
        cancelSentAt = nil
    }

    /// Stops and starts the clock of the start window.
    private mutating func countPause(_ now: Timestamp) {
        switch state {
        case .pending(.held), .pending(.blocked): pausedAt = pausedAt ?? now
        case .pending, .starting, .running, .success, .failed, .cancelled:
            guard let since = pausedAt else { return }
            expiresAt = expiresAt + max(now - since, .zero)
            pausedAt = nil
        }
    }

    private static func wakeAt(_ transition: Transition, _ now: Timestamp) -> Timestamp? {
        switch transition.to {
        case .pending(.backoff), .pending(.throttled), .pending(.scheduled):
            now + (transition.wait ?? .zero)
        case .pending: transition.wait.map { now + $0 }
        case .starting, .running, .success, .failed, .cancelled: nil
        }
    }
}
