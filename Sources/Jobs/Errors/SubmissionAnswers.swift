/// What an HTTP answer to `/execute` proves.
package enum SubmissionAnswers {
    /// Classifies an answer that is not a usable 200.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - message: Komodo's error text, or the beginning of the body.
    ///   - retryAfter: from the header or from the text.
    package static func classify(status: Int, message: String, retryAfter: Duration?)
        -> SubmissionOutcome
    {
        let meaning = CoreTexts.meaning(of: message)
        switch status {
        case 401:
            if meaning == .databaseUnavailable {
                return .unavailable(JobError(.serverError, message))
            }
            return .unauthorized(JobError(.authenticationError, message))
        case 429: return .throttled(JobError(.rateLimitError, message), retryAfter: retryAfter)
        case 409: return .busy(JobError(.conflict, message))
        case 403: return .rejected(JobError(.authorizationError, message))
        case 404: return .rejected(JobError(.notFound, message))
        case 408: return .ambiguous(JobError(.timeoutError, message))
        case 300..<400:
            return .rejected(
                JobError(
                    .validationError,
                    "Komodo's address answers with a redirect (\(status)); set the address that it "
                        + "leads to."))
        case 400..<500: return .rejected(JobError(.validationError, message))
        default: return classify(serverFault: status, message: message, meaning: meaning)
        }
    }

    private static func classify(
        serverFault status: Int, message: String, meaning: CoreTexts.Meaning
    ) -> SubmissionOutcome {
        // Only Core's own 500 speaks for the request; a proxy's 502 says nothing about it.
        guard status == 500 else {
            let code: JobErrorCode = status == 504 ? .timeoutError : .serverError
            return .ambiguous(JobError(code, "HTTP \(status): \(message)"))
        }
        switch meaning {
        case .notFound: return .rejected(JobError(.notFound, message))
        case .forbidden: return .rejected(JobError(.authorizationError, message))
        case .invalid: return .rejected(JobError(.validationError, message))
        case .busy: return .busy(JobError(.conflict, message))
        case .peripheryUnreachable, .interrupted, .cancelled, .databaseUnavailable, .unknown:
            return .ambiguous(JobError(.serverError, "HTTP 500: \(message)"))
        }
    }
}
