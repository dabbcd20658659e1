internal import Jobs

extension SubmissionOutcome {
    /// What it means when nothing was sent because of `error`.
    init(unsent error: KomodoError) {
        self =
            switch error.code {
            case .unauthorized: .unauthorized(error.jobError)
            case .throttled(let wait): .throttled(error.jobError, retryAfter: wait)
            case .budgetExhausted(let wait): .throttled(error.jobError, retryAfter: wait)
            case .invalid, .unsupported: .rejected(error.jobError)
            case .interrupted: .withheld
            case .notFound, .forbidden, .unreachable, .timedOut, .malformed, .serverFault:
                .undelivered(error.jobError)
            }
    }
}

extension Delivery {
    /// What a submission came to, as `read` judges its answer; without one the turnstile learns
    /// that nothing was heard.
    func result(
        _ pass: Turnstile.Pass, _ turnstile: Turnstile,
        _ read: (_ answer: HTTPAnswer, _ isReleased: Bool) async -> SubmissionResult
    ) async -> SubmissionResult {
        let outcome: SubmissionOutcome
        switch self {
        case .answered(let answer, let isReleased): return await read(answer, isReleased)
        case .undelivered(let failure):
            outcome = .undelivered(failure.jobError)
        case .withheld: outcome = .withheld
        case .ambiguous(let failure):
            outcome = .ambiguous(failure.jobError)
        }
        await turnstile.learn(pass, from: nil)
        return SubmissionResult(outcome)
    }
}
