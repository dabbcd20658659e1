/// A status with the phase that explains it; only legal pairs exist.
package enum JobState: Sendable, Hashable {
    /// Nothing has been sent for this attempt. Goes to starting, failed (expired) or cancelled.
    case pending(JobPhase)
    /// A lease is held. Goes to pending, running, or an end.
    case starting(JobPhase)
    /// Komodo accepted it; leaving needs evidence from there, except for a passed deadline.
    case running(JobPhase)
    /// Komodo says that it succeeded. Final.
    case success
    /// Final; the reason and the evidence are stored.
    case failed(JobPhase)
    /// Final.
    case cancelled(JobPhase)

    /// Every legal state.
    package static let all: [JobState] =
        [JobPhase.scheduled, .queued, .blocked, .throttled, .held, .backoff].map { .pending($0) }
        + [JobPhase.claimed, .sending, .reconciling].map { .starting($0) }
        + [JobPhase.accepted, .inProgress, .verifying, .cancelling, .unreachable]
        .map { .running($0) }
        + [.success]
        + [
            JobPhase.rejected, .expired, .remoteFailed, .remoteInterrupted, .deadline, .exhausted,
            .outcomeUnknown, .compensationFailed,
        ].map { .failed($0) }
        + [JobPhase.beforeSend, .remoteCancelled, .dependency, .plan].map { .cancelled($0) }

    private static let byWords: [String: JobState] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.words, $0) })

    /// The state of a stored pair; nil when no such pair is legal.
    package init?(status: String, phase: String?) {
        guard let state = Self.byWords["\(status)/\(phase ?? "")"] else { return nil }
        self = state
    }

    package var status: JobStatus {
        switch self {
        case .pending: .pending
        case .starting: .starting
        case .running: .running
        case .success: .success
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }

    /// The phase; nil for success.
    package var phase: JobPhase? {
        switch self {
        case .pending(let phase), .starting(let phase), .running(let phase), .failed(let phase),
            .cancelled(let phase):
            phase
        case .success: nil
        }
    }

    package var isTerminal: Bool { status.isTerminal }

    private var words: String { "\(status.rawValue)/\(phase?.rawValue ?? "")" }
}

extension JobPhase {
    /// The status that the phase belongs to.
    package var status: JobStatus { Self.statuses[self] ?? .pending }

    private static let statuses: [JobPhase: JobStatus] = Dictionary(
        uniqueKeysWithValues: JobState.all.compactMap { state in
            state.phase.map { ($0, state.status) }
        })
}

extension JobState: CustomStringConvertible {
    package var description: String {
        phase.map { "\(status.rawValue)/\($0.rawValue)" } ?? status.rawValue
    }
}
