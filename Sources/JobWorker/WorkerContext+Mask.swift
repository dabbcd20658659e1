internal import JobStore
internal import Jobs
internal import Redaction

extension WorkerContext {
    /// What masks the texts about a job before they are stored: Komodo may repeat the job's own
    /// secret arguments in an answer or in a log.
    func redactor(for job: JobRecord) async throws(StoreError) -> Redactor {
        guard !job.hiddenArguments.isEmpty else { return redactor }
        let secrets = try await store.secrets(of: job.row)
        return redactor.knowing(ValueMask(redactor, strips: false).secrets(in: secrets))
    }
}

extension JobEvent {
    /// The event with secrets replaced in the words that are stored with it.
    func masked(by mask: ValueMask) -> JobEvent {
        switch self {
        case .targetUnresolved(let error): .targetUnresolved(error.masked(by: mask))
        case .targetRefused(let error): .targetRefused(error.masked(by: mask))
        case .submitted(let outcome): .submitted(outcome.masked(by: mask))
        case .concluded(let outcome): .concluded(outcome.masked(by: mask))
        case .becameUnreadable(let error): .becameUnreadable(error.masked(by: mask))
        case .becameUnhealthy(let error): .becameUnhealthy(error.masked(by: mask))
        case .claimed, .released, .laneFoundBusy, .budgetExhausted, .intentRecorded, .ownerLost,
            .evidenceFound, .evidenceAmbiguous, .evidenceAbsent, .progressed, .becameUnreachable,
            .becameHealthy, .cancelRequested, .cancelDelivered, .startWindowClosed,
            .deadlinePassed:
            self
        }
    }
}

extension SubmissionOutcome {
    fileprivate func masked(by mask: ValueMask) -> SubmissionOutcome {
        switch self {
        case .accepted, .withheld: self
        case .concluded(let reference, let outcome):
            .concluded(reference, outcome.masked(by: mask))
        case .undelivered(let error): .undelivered(error.masked(by: mask))
        case .rejected(let error): .rejected(error.masked(by: mask))
        case .throttled(let error, let wait):
            .throttled(error.masked(by: mask), retryAfter: wait)
        case .unauthorized(let error): .unauthorized(error.masked(by: mask))
        case .unavailable(let error): .unavailable(error.masked(by: mask))
        case .busy(let error): .busy(error.masked(by: mask))
        case .ambiguous(let error): .ambiguous(error.masked(by: mask))
        }
    }
}

extension RemoteOutcome {
    fileprivate func masked(by mask: ValueMask) -> RemoteOutcome {
        switch self {
        case .succeeded: self
        case .failed(let error): .failed(error.masked(by: mask))
        case .busy(let error): .busy(error.masked(by: mask))
        case .notStarted(let error): .notStarted(error.masked(by: mask))
        case .cancelled(let error): .cancelled(error.masked(by: mask))
        case .interrupted(let error): .interrupted(error.masked(by: mask))
        case .unknown(let error): .unknown(error.masked(by: mask))
        }
    }
}

extension JobError {
    fileprivate func masked(by mask: ValueMask) -> JobError {
        JobError(code, mask.text(message))
    }
}
