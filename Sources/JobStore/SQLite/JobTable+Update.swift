internal import GRDB
internal import JSON
internal import Jobs

extension JobTable {
    /// Writes every column that changes in a job's life.
    func update(_ job: JobRecord) throws {
        let statement = try db.cachedStatement(sql: Self.updateSQL)
        try statement.execute(arguments: Self.columns(of: job))
    }

    private static let updateSQL = """
        UPDATE job SET
            status = :status, phase = :phase,
            target_name = :targetName, target_id = :targetID,
            lane = :lane, holds_lane = :holdsLane,
            wake_at = :wakeAt, expires_at = :expiresAt, paused_at = :pausedAt,
            deadline_at = :deadlineAt, started_at = :startedAt, finished_at = :finishedAt,
            attempt = :attempt, failures = :failures,
            cancel_requested_at = :cancelRequestedAt, cancel_sent_at = :cancelSentAt,
            sent_at = :sentAt, watermark = :watermark, sender_operator = :senderOperator,
            clock_offset = :clockOffset, leaves_by = :leavesBy,
            leaves_by_boot = :leavesByBoot, request_timeout = :requestTimeout,
            owner_lost_at = :ownerLostAt, doubted_sent_at = :doubtedSentAt,
            accepted_at = :acceptedAt, remote_kind = :remoteKind, remote_id = :remoteID,
            lease_owner = :leaseOwner, lease_number = :leaseNumber,
            error_code = :errorCode, error_message = :errorMessage, candidates = :candidates,
            version = :version, commit_hash = :commitHash, late_outcome = :lateOutcome
        WHERE id = :row
        """

    private static func columns(of job: JobRecord) -> StatementArguments {
        var columns: StatementArguments = [
            "row": job.row, "status": job.state.status.rawValue,
            "phase": job.state.phase?.rawValue, "targetName": job.target.name,
            "targetID": job.target.id, "lane": job.lane, "holdsLane": job.holdsLane,
            "attempt": job.attempt, "failures": job.failures,
            "leaseOwner": job.leaseOwner, "leaseNumber": job.leaseNumber,
            "errorCode": job.error?.code.rawValue, "errorMessage": job.error?.message,
            "version": job.version, "commitHash": job.commitHash,
            "lateOutcome": job.lateOutcome,
        ]
        columns += moments(of: job)
        columns += submission(of: job)
        return columns
    }

    private static func moments(of job: JobRecord) -> StatementArguments {
        [
            "wakeAt": job.wakeAt?.milliseconds, "expiresAt": job.expiresAt.milliseconds,
            "pausedAt": job.pausedAt?.milliseconds, "deadlineAt": job.deadlineAt?.milliseconds,
            "startedAt": job.startedAt?.milliseconds, "finishedAt": job.finishedAt?.milliseconds,
            "cancelRequestedAt": job.cancelRequestedAt?.milliseconds,
            "cancelSentAt": job.cancelSentAt?.milliseconds,
            "ownerLostAt": job.ownerLostAt?.milliseconds,
            "doubtedSentAt": job.doubtedSentAt?.milliseconds,
            "acceptedAt": job.acceptedAt?.milliseconds,
        ]
    }

    private static func submission(of job: JobRecord) -> StatementArguments {
        [
            "sentAt": job.intent?.sentAt.milliseconds,
            "watermark": job.intent?.watermark?.milliseconds,
            "senderOperator": job.intent?.operatorID,
            "clockOffset": job.intent?.clockOffset.inMilliseconds,
            "leavesBy": job.intent?.leavesBy?.milliseconds,
            "leavesByBoot": job.intent?.leavesBy?.bootID,
            "requestTimeout": job.intent?.requestTimeout.inMilliseconds,
            "remoteKind": job.remote?.kind, "remoteID": job.remote?.updateID,
            "candidates": job.candidates.isEmpty
                ? nil : JSONValue.array(job.candidates.map { .string($0) }).serialized(),
        ]
    }
}

extension RemoteReference {
    /// The word in the column `remote_kind`.
    var kind: String {
        switch self {
        case .update: "update"
        case .state: "state"
        }
    }
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
