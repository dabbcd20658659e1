import Jobs

/// At least one event of every kind, with every outcome of a submission and of a run.
enum SampleEvents {
    static let problem = JobError(.serverError, "It broke.")
    static let update = RemoteReference.update("66113df3abe32960b87018dd")

    static let remoteOutcomes: [RemoteOutcome] = [
        .succeeded, .failed(problem), .busy(problem), .notStarted(problem), .cancelled(problem),
        .interrupted(problem), .unknown(problem),
    ]

    static let submissionOutcomes: [SubmissionOutcome] =
        [.accepted(update), .accepted(.state)]
        + remoteOutcomes.map { .concluded(update, $0) }
        + [
            .undelivered(problem), .rejected(problem),
            .throttled(problem, retryAfter: .seconds(7)), .throttled(problem, retryAfter: nil),
            .unauthorized(problem), .unavailable(problem), .busy(problem), .ambiguous(problem),
            .withheld,
        ]

    static let all: [JobEvent] =
        [
            .claimed, .released, .laneFoundBusy, .budgetExhausted(wait: .seconds(3)),
            .intentRecorded, .targetUnresolved(problem), .targetRefused(problem),
        ]
        + submissionOutcomes.map { .submitted($0) }
        + [
            .ownerLost, .evidenceFound(update), .evidenceAmbiguous(candidates: ["a", "b"]),
            .evidenceAbsent, .progressed,
        ]
        + remoteOutcomes.map { .concluded($0) }
        + [
            .becameUnreadable(problem), .becameUnreachable, .becameHealthy,
            .becameUnhealthy(problem), .cancelRequested, .cancelDelivered, .startWindowClosed,
            .deadlinePassed,
        ]
}

extension JobEvent {
    /// The event in one word; a new event does not compile until it is named, and sampled, here.
    var word: String {
        switch self {
        case .claimed: "claimed"
        case .released: "released"
        case .laneFoundBusy: "laneFoundBusy"
        case .budgetExhausted: "budgetExhausted"
        case .intentRecorded: "intentRecorded"
        case .targetUnresolved: "targetUnresolved"
        case .targetRefused: "targetRefused"
        case .submitted(let outcome): "sent.\(outcome.word)"
        case .ownerLost: "ownerLost"
        case .evidenceFound: "evidenceFound"
        case .evidenceAmbiguous: "evidenceAmbiguous"
        case .evidenceAbsent: "evidenceAbsent"
        case .progressed: "progressed"
        case .concluded(let outcome): "concluded.\(outcome.kind)"
        case .becameUnreadable: "becameUnreadable"
        case .becameUnreachable: "becameUnreachable"
        case .becameHealthy: "becameHealthy"
        case .becameUnhealthy: "becameUnhealthy"
        case .cancelRequested: "cancelRequested"
        case .cancelDelivered: "cancelDelivered"
        case .startWindowClosed: "startWindowClosed"
        case .deadlinePassed: "deadlinePassed"
        }
    }
}

extension SubmissionOutcome {
    var word: String {
        switch self {
        case .accepted(.update): "accepted"
        case .accepted(.state): "acceptedWithoutID"
        case .concluded(_, let outcome): "ended.\(outcome.kind)"
        case .undelivered: "undelivered"
        case .rejected: "rejected"
        case .throttled(_, .some): "throttledFor"
        case .throttled(_, nil): "throttled"
        case .unauthorized: "unauthorized"
        case .unavailable: "unavailable"
        case .busy: "busy"
        case .ambiguous: "ambiguous"
        case .withheld: "withheld"
        }
    }

    /// Whether it proves that Komodo ran nothing.
    var provesNothingRan: Bool {
        switch self {
        case .undelivered, .rejected, .throttled, .unauthorized, .unavailable, .busy, .withheld:
            true
        case .concluded(_, let outcome): outcome.provesNothingRan
        case .accepted, .ambiguous: false
        }
    }
}

extension RemoteOutcome {
    var kind: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .busy: "busy"
        case .notStarted: "notStarted"
        case .cancelled: "cancelled"
        case .interrupted: "interrupted"
        case .unknown: "unknown"
        }
    }

    /// Whether it proves that the operation did nothing.
    var provesNothingRan: Bool {
        switch self {
        case .busy, .notStarted: true
        case .succeeded, .failed, .cancelled, .interrupted, .unknown: false
        }
    }
}
