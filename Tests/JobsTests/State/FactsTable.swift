import Jobs

/// All facts that a decision can be asked about, within reason.
enum FactsTable {
    /// One operation that is sent again by itself, one that is not, one that leaves no trace, one
    /// that Komodo can cancel and one whose target has no health.
    static let operations: [JobOperation] = [
        .deploy, .runProcedure, .deployStackIfChanged, .build, .pullRepo,
    ]

    static let all: [JobFacts] = ordinary + eventful

    /// Jobs with a past: a run that failed, a request that may yet begin, or both.
    private static let eventful: [JobFacts] = JobState.all.flatMap { state in
        [JobOperation.deploy, .runProcedure].flatMap { operation in
            flags.flatMap { isCancelRequested in
                [(0, true), (2, false), (2, true)].map { failedRuns, isDoubted in
                    JobFacts(
                        state: state, operation: operation, attempt: 5, failures: 3,
                        isCancelRequested: isCancelRequested, retriesFailure: true,
                        failedRuns: failedRuns, isDoubted: isDoubted, remote: remote(state),
                        holdsLane: true)
                }
            }
        }
    }

    private static let ordinary: [JobFacts] = JobState.all.flatMap { state in
        operations.flatMap { operation in
            attempts(state).flatMap { attempt in
                [0, 2, 3, 9].flatMap { failures in
                    flags.flatMap { isCancelRequested in
                        flags.flatMap { waitsForHealth in
                            flags.map { holdsLane in
                                JobFacts(
                                    state: state, operation: operation, attempt: attempt,
                                    failures: failures, isCancelRequested: isCancelRequested,
                                    waitsForHealth: waitsForHealth, remote: remote(state),
                                    holdsLane: holdsLane)
                            }
                        }
                    }
                }
            }
        }
    }

    private static let flags = [false, true]

    /// A job that was claimed has had an attempt.
    private static func attempts(_ state: JobState) -> [Int] {
        state.status == .pending ? [0, 1, 4] : [1, 2, 5]
    }

    private static func remote(_ state: JobState) -> RemoteReference? {
        switch state {
        case .running, .success, .failed(.deadline), .failed(.remoteFailed),
            .failed(.remoteInterrupted), .cancelled(.remoteCancelled):
            SampleEvents.update
        case .pending, .starting, .failed, .cancelled: nil
        }
    }
}
