internal import JSON
internal import Jobs
internal import Redaction

extension SignedKomodo {
    package func submit(
        _ submission: Submission, gate: @escaping @Sendable () async -> Bool
    ) async -> SubmissionResult {
        if let fault = SignedOptions.fault(in: submission.arguments, for: submission.operation) {
            return SubmissionResult(.rejected(fault))
        }
        do throws(KomodoError) {
            if let fault = requests.credentialFault { throw fault }
            let targetID = try CoreKomodo.id(of: submission.target)
            guard let draft = SignedRequests.Draft.execute(submission, targetID: targetID) else {
                preconditionFailure("operations without a path are refused above")
            }
            return try await deliver(draft, submission.operation, gate: gate)
        } catch {
            return SubmissionResult(SubmissionOutcome(unsent: error), status: error.status)
        }
    }

    /// Hands a request over; once more when it was refused because the clocks disagree.
    private func deliver(
        _ draft: SignedRequests.Draft, _ operation: JobOperation,
        gate: @escaping @Sendable () async -> Bool
    ) async throws(KomodoError) -> SubmissionResult {
        // The caller has taken the token of the first request.
        let first = try await turnstile.enter(for: nil)
        let signedAt = signingTime()
        let delivery = await transport.deliver(requests.signed(draft, at: signedAt), gate: gate)
        guard case .answered(let answer, _) = delivery,
            await setsClock(answer, signedAt: signedAt, pass: first)
        else { return await result(of: delivery, operation, pass: first) }
        let second = try await turnstile.enter(for: .submission)
        let again = await transport.deliver(
            requests.signed(draft, at: signingTime()), gate: gate)
        return await result(of: again, operation, pass: second)
    }

    private func result(
        of delivery: Delivery, _ operation: JobOperation, pass: Turnstile.Pass
    ) async -> SubmissionResult {
        await delivery.result(pass, turnstile) { answer, isReleased in
            guard let refusal = await learn(from: answer, pass: pass) else {
                return SignedExecuteAnswer.result(of: answer, for: operation, redactor: redactor)
            }
            return SubmissionResult(
                refusal.outcome(isReleased: isReleased), status: answer.status,
                evidence: ExecuteAnswer.evidence(answer, redactor: redactor))
        }
    }
}

/// Reads the answers to `POST /execute/…`, in either of their documented shapes.
enum SignedExecuteAnswer {
    /// What a successful HTTP answer says about a submission.
    static func result(
        of answer: HTTPAnswer, for operation: JobOperation, redactor: Redactor
    ) -> SubmissionResult {
        // What is not JSON is handled like JSON that says nothing.
        let parsed = try? JSONValue(parsing: answer.body)
        let content = parsed.map { SignedDocument.content($0) } ?? .null
        let word = content.field("status")?.word
        let success = content.field("success")?.bool
        let id = content.field(["execution_id", "job_id"])?.word
        guard content.object != nil, word != nil || success != nil || id != nil else {
            return unusable(answer, redactor: redactor)
        }
        let meaning = success == false ? .failed : meaning(of: word, operation)
        let reference = id.map { RemoteReference.update($0) } ?? .state
        let outcome = SignedUpdate.outcome(of: meaning, operation, content, redactor: redactor)
        switch outcome {
        case nil:
            return SubmissionResult(
                .accepted(reference), status: answer.status,
                facts: SignedFacts.of(content, redactor: redactor))
        case .failed(let error)?:
            // It need not have left anything to follow.
            return SubmissionResult(
                .concluded(.state, .failed(error)), status: answer.status,
                evidence: ExecuteAnswer.evidence(answer, redactor: redactor),
                facts: SignedFacts.of(content, redactor: redactor))
        case let outcome?:
            return SubmissionResult(
                .concluded(reference, outcome), status: answer.status,
                facts: SignedFacts.of(content, redactor: redactor))
        }
    }

    private static func meaning(
        of word: String?, _ operation: JobOperation
    ) -> SignedStatus.Meaning {
        if let goal = SignedStatus.goal(of: operation), word?.lowercased() == goal {
            return .succeeded
        }
        return SignedStatus.meaning(ofRun: word)
    }

    private static func unusable(_ answer: HTTPAnswer, redactor: Redactor) -> SubmissionResult {
        let message = "Komodo answered \(answer.status), but not with what an execution answers."
        return SubmissionResult(
            .ambiguous(JobError(.serverError, message)), status: answer.status,
            evidence: ExecuteAnswer.evidence(answer, redactor: redactor))
    }
}
