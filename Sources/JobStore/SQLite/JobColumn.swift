internal import JSON
internal import Jobs
private import Synchronization

/// A column that changes in a job's life.
enum JobColumn: Int, CaseIterable {
    case status, phase, targetName, targetID, lane, holdsLane
    case wakeAt, expiresAt, pausedAt, deadlineAt, startedAt, finishedAt
    case attempt, failures, cancelRequestedAt, cancelSentAt
    case sentAt, watermark, senderOperator, clockOffset, leavesBy, leavesByBoot, requestTimeout
    case ownerLostAt, doubtedSentAt, acceptedAt, remoteKind, remoteID
    case leaseOwner, leaseNumber
    case errorCode, errorMessage, candidates, version, commitHash, lateOutcome

    /// The name in the schema.
    var name: String {
        switch self {
        case .status: "status"
        case .phase: "phase"
        case .targetName: "target_name"
        case .targetID: "target_id"
        case .lane: "lane"
        case .holdsLane: "holds_lane"
        case .wakeAt: "wake_at"
        case .expiresAt: "expires_at"
        case .pausedAt: "paused_at"
        case .deadlineAt: "deadline_at"
        case .startedAt: "started_at"
        case .finishedAt: "finished_at"
        case .attempt: "attempt"
        case .failures: "failures"
        case .cancelRequestedAt: "cancel_requested_at"
        case .cancelSentAt: "cancel_sent_at"
        case .sentAt: "sent_at"
        case .watermark: "watermark"
        case .senderOperator: "sender_operator"
        case .clockOffset: "clock_offset"
        case .leavesBy: "leaves_by"
        case .leavesByBoot: "leaves_by_boot"
        case .requestTimeout: "request_timeout"
        case .ownerLostAt: "owner_lost_at"
        case .doubtedSentAt: "doubted_sent_at"
        case .acceptedAt: "accepted_at"
        case .remoteKind: "remote_kind"
        case .remoteID: "remote_id"
        case .leaseOwner: "lease_owner"
        case .leaseNumber: "lease_number"
        case .errorCode: "error_code"
        case .errorMessage: "error_message"
        case .candidates: "candidates"
        case .version: "version"
        case .commitHash: "commit_hash"
        case .lateOutcome: "late_outcome"
        }
    }
}

/// Which columns of a job an update writes.
struct JobColumns: OptionSet, Hashable, Sendable {
    let rawValue: UInt64

    static let all = JobColumns(JobColumn.allCases)

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(_ columns: [JobColumn]) {
        rawValue = columns.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
    }

    /// The columns in which two states of a job differ.
    init(from old: JobRecord, to new: JobRecord) {
        var bits: UInt64 = 0
        func note(_ column: JobColumn, _ differs: Bool) {
            if differs { bits |= 1 << UInt64(column.rawValue) }
        }
        note(.status, old.state.status != new.state.status)
        note(.phase, old.state.phase != new.state.phase)
        note(.targetName, old.target.name != new.target.name)
        note(.targetID, old.target.id != new.target.id)
        note(.lane, old.lane != new.lane)
        note(.holdsLane, old.holdsLane != new.holdsLane)
        note(.wakeAt, old.wakeAt != new.wakeAt)
        note(.expiresAt, old.expiresAt != new.expiresAt)
        note(.pausedAt, old.pausedAt != new.pausedAt)
        note(.deadlineAt, old.deadlineAt != new.deadlineAt)
        note(.startedAt, old.startedAt != new.startedAt)
        note(.finishedAt, old.finishedAt != new.finishedAt)
        note(.attempt, old.attempt != new.attempt)
        note(.failures, old.failures != new.failures)
        note(.cancelRequestedAt, old.cancelRequestedAt != new.cancelRequestedAt)
        note(.cancelSentAt, old.cancelSentAt != new.cancelSentAt)
        note(.ownerLostAt, old.ownerLostAt != new.ownerLostAt)
        note(.doubtedSentAt, old.doubtedSentAt != new.doubtedSentAt)
        note(.acceptedAt, old.acceptedAt != new.acceptedAt)
        note(.leaseOwner, old.leaseOwner != new.leaseOwner)
        note(.leaseNumber, old.leaseNumber != new.leaseNumber)
        note(.candidates, old.candidates != new.candidates)
        note(.version, old.version != new.version)
        note(.commitHash, old.commitHash != new.commitHash)
        note(.lateOutcome, old.lateOutcome != new.lateOutcome)
        rawValue = bits
        if old.intent != new.intent { formUnion(.intent) }
        if old.remote != new.remote { formUnion(.remote) }
        if old.error != new.error { formUnion(.error) }
    }

    private static let intent = JobColumns([
        .sentAt, .watermark, .senderOperator, .clockOffset, .leavesBy, .leavesByBoot,
        .requestTimeout,
    ])
    private static let remote = JobColumns([.remoteKind, .remoteID])
    private static let error = JobColumns([.errorCode, .errorMessage])

    /// Calls `body` with each column, in their order.
    func forEach(_ body: (JobColumn) throws -> Void) rethrows {
        var bits = rawValue
        while bits != 0 {
            if let column = JobColumn(rawValue: bits.trailingZeroBitCount) { try body(column) }
            bits &= bits - 1
        }
    }

    /// The statement that writes them to one row.
    var updateSQL: String {
        Self.statements.withLock { statements in
            if let sql = statements[self] { return sql }
            var assignments: [String] = []
            forEach { assignments.append("\($0.name) = ?") }
            let sql = "UPDATE job SET \(assignments.joined(separator: ", ")) WHERE id = ?"
            statements[self] = sql
            return sql
        }
    }

    /// Only the few sets that transitions make ever come up.
    private static let statements = Mutex<[JobColumns: String]>([:])
}

extension PositionalStatement {
    /// Binds the value of a job's column.
    mutating func bind(_ column: JobColumn, of job: JobRecord) {
        switch column {
        case .status: bind(job.state.status.rawValue)
        case .phase: bind(job.state.phase?.rawValue)
        case .targetName: bind(job.target.name)
        case .targetID: bind(job.target.id)
        case .lane: bind(job.lane)
        case .holdsLane: bind(job.holdsLane)
        case .wakeAt: bind(job.wakeAt)
        case .expiresAt: bind(job.expiresAt)
        case .pausedAt: bind(job.pausedAt)
        case .deadlineAt: bind(job.deadlineAt)
        case .startedAt: bind(job.startedAt)
        case .finishedAt: bind(job.finishedAt)
        case .attempt: bind(job.attempt)
        case .failures: bind(job.failures)
        case .cancelRequestedAt: bind(job.cancelRequestedAt)
        case .cancelSentAt: bind(job.cancelSentAt)
        case .sentAt: bind(job.intent?.sentAt)
        case .watermark: bind(job.intent?.watermark)
        case .senderOperator: bind(job.intent?.operatorID)
        case .clockOffset: bind(job.intent?.clockOffset)
        case .leavesBy: bind(job.intent?.leavesBy?.milliseconds)
        case .leavesByBoot: bind(job.intent?.leavesBy?.bootID)
        case .requestTimeout: bind(job.intent?.requestTimeout)
        case .ownerLostAt: bind(job.ownerLostAt)
        case .doubtedSentAt: bind(job.doubtedSentAt)
        case .acceptedAt: bind(job.acceptedAt)
        case .remoteKind: bind(job.remote?.kind)
        case .remoteID: bind(job.remote?.updateID)
        case .leaseOwner: bind(job.leaseOwner)
        case .leaseNumber: bind(job.leaseNumber)
        case .errorCode: bind(job.error?.code.rawValue)
        case .errorMessage: bind(job.error?.message)
        case .candidates: bind(Self.text(of: job.candidates))
        case .version: bind(job.version)
        case .commitHash: bind(job.commitHash)
        case .lateOutcome: bind(job.lateOutcome)
        }
    }

    private static func text(of candidates: [String]) -> String? {
        guard !candidates.isEmpty else { return nil }
        return JSONValue.array(candidates.map { .string($0) }).serialized()
    }
}
