internal import JSON
internal import Jobs

extension CoreKomodo {
    package func submit(
        _ submission: Submission, gate: @escaping @Sendable () async -> Bool
    ) async -> SubmissionResult {
        guard let targetID = submission.target.id else {
            let name = Quote.word(submission.target.name)
            let message = "The \(submission.target.type.word) '\(name)' has not been resolved."
            return SubmissionResult(.rejected(JobError(.validationError, message)))
        }
        do throws(KomodoError) {
            if let fault = requests.credentialFault { throw fault }
            if let refusal = try await versionRefusal(of: submission.operation) { return refusal }
            let pass = try await turnstile.enter(for: nil)
            let request = requests.execute(submission, targetID: targetID)
            let delivery = await transport.deliver(request, gate: gate)
            return await result(of: delivery, operation: submission.operation, pass: pass)
        } catch {
            return SubmissionResult(SubmissionOutcome(unsent: error), status: error.status)
        }
    }

    /// What a delivery came to; the turnstile learns from it in passing.
    private func result(
        of delivery: Delivery, operation: JobOperation, pass: Turnstile.Pass
    ) async -> SubmissionResult {
        await delivery.result(pass, turnstile) { answer, isReleased in
            guard let refusal = await learn(from: answer, pass: pass) else {
                return ExecuteAnswer.result(of: answer, for: operation, redactor: redactor)
            }
            return SubmissionResult(
                Self.outcome(of: refusal, isReleased: isReleased), status: answer.status,
                evidence: ExecuteAnswer.evidence(answer, redactor: redactor))
        }
    }

    private static func outcome(of refusal: CoreRefusal, isReleased: Bool) -> SubmissionOutcome {
        let outcome = SubmissionAnswers.classify(
            status: refusal.status, message: refusal.message, retryAfter: refusal.retryAfter)
        switch outcome {
        case .unauthorized: return .unauthorized(JobError(.authenticationError, refusal.keyMessage))
        case .throttled(let error, retryAfter: nil):
            return .throttled(error, retryAfter: Patience.windowDefault)
        // The answer came before the body was on its way, so there was nothing to act on.
        case .ambiguous(let error) where !isReleased: return .undelivered(error)
        default: return outcome
        }
    }

    /// The answer to an operation that this Komodo is too old for; nil when it can be sent.
    private func versionRefusal(
        of operation: JobOperation
    ) async throws(KomodoError) -> SubmissionResult? {
        guard let needed = operation.minimumVersion else { return nil }
        let version = try await identify(for: .submission).version
        guard version < needed else { return nil }
        let message =
            "\(operation.rawValue) needs Komodo \(needed) or newer; this is \(version)."
        return SubmissionResult(.rejected(JobError(.unsupportedOption, message)))
    }
}

extension JobOperation {
    /// The first version of Core that knows the operation, when that is not 1.19.
    var minimumVersion: KomodoVersion? {
        switch self {
        case .cancelProcedure, .cancelAction: KomodoVersion(2, 3, 0)
        default: nil
        }
    }
}
