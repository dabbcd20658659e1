internal import JSON
internal import Jobs
internal import Redaction

/// Reads Core's answers to `/execute`.
enum ExecuteAnswer {
    /// What a successful HTTP answer says about a submission.
    ///
    /// A 200 says only that Komodo took the request over; whether it may run, the target is free
    /// or its server is there shows later in the update.
    static func result(
        of answer: HTTPAnswer, for operation: JobOperation, redactor: Redactor
    ) -> SubmissionResult {
        // What is not JSON is handled like JSON that is no update.
        guard let value = try? JSONValue(parsing: answer.body), value.object != nil else {
            return unusable(answer, redactor: redactor)
        }
        let update = Update(decoding: value)
        let summary = update.summary
        if let id = summary.id, isUpdate(value) {
            let reference = RemoteReference.update(id)
            let outcome: SubmissionOutcome =
                summary.status == .complete
                ? .concluded(reference, update.outcome(redactor: redactor)) : .accepted(reference)
            return SubmissionResult(outcome, update: summary, status: answer.status)
        }
        if saysFailed(value) {
            let failure = JobError(.executionError, failureMessage(answer, redactor: redactor))
            return SubmissionResult(
                .concluded(.state, .failed(failure)), status: answer.status,
                evidence: evidence(answer, redactor: redactor))
        }
        if operation.spec.isFollowedByState, isUpdate(value) {
            return SubmissionResult(.accepted(.state), update: summary, status: answer.status)
        }
        return unusable(answer, redactor: redactor)
    }

    /// The beginning of an answer, for the record.
    static func evidence(_ answer: HTTPAnswer, redactor: Redactor) -> String? {
        let quote = Quote.answer(answer.body, redactor: redactor)
        return quote.isEmpty ? nil : quote
    }

    private static let failedWords = ["failed", "error"]

    private static func isUpdate(_ value: JSONValue) -> Bool {
        value["operation"]?.string != nil && value["status"]?.string != nil
    }

    /// Whether it reports a failure.
    ///
    /// `success: false` means nothing while the run goes on.
    private static func saysFailed(_ value: JSONValue) -> Bool {
        let status = value["status"]?.string?.lowercased()
        if let status, failedWords.contains(status) { return true }
        return value["success"]?.bool == false && (status == nil || status == "complete")
    }

    private static func failureMessage(_ answer: HTTPAnswer, redactor: Redactor) -> String {
        let refusal = CoreRefusal(answer, redactor: redactor)
        return refusal.isFromCore ? refusal.message : "Komodo answered that the operation failed."
    }

    private static func unusable(_ answer: HTTPAnswer, redactor: Redactor) -> SubmissionResult {
        let message =
            "Komodo answered \(answer.status), but not with an update that can be followed."
        return SubmissionResult(
            .ambiguous(JobError(.serverError, message)), status: answer.status,
            evidence: evidence(answer, redactor: redactor))
    }
}
