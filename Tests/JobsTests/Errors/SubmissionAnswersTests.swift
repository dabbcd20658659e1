import Jobs
import Testing

/// What the HTTP status and Core's text together prove about a submission.
@Suite(.timeLimit(.minutes(2)))
struct SubmissionAnswersTests {
    static let answers: [(Int, String, String, JobErrorCode)] = [
        (
            401, "Invalid user credentials | You have 4 attempts remaining", "unauthorized",
            .authenticationError
        ),
        (401, "Invalid client credentials", "unauthorized", .authenticationError),
        (401, "failed to authenticate api key", "unauthorized", .authenticationError),
        (401, "invalid api secret", "unauthorized", .authenticationError),
        (401, "Failed to query db | timeout", "unavailable", .serverError),
        (401, "", "unauthorized", .authenticationError),
        (429, "Too many attempts | Try again in 12s", "throttledFor", .rateLimitError),
        (409, "already in progress", "busy", .conflict),
        (400, "missing field", "rejected", .validationError),
        (403, "forbidden", "rejected", .authorizationError),
        (404, "<html>not found</html>", "rejected", .notFound),
        (405, "", "rejected", .validationError), (413, "", "rejected", .validationError),
        (422, "unknown variant", "rejected", .validationError),
        (301, "", "rejected", .validationError), (302, "", "rejected", .validationError),
        (307, "", "rejected", .validationError), (308, "", "rejected", .validationError),
        (500, "Did not find any Deployment matching web", "rejected", .notFound),
        (
            500, "User does not have required permissions on this Build", "rejected",
            .authorizationError
        ),
        (500, "admin only", "rejected", .authorizationError),
        (500, "Cannot find Server with empty name / id", "rejected", .validationError),
        (500, "No build in progress", "rejected", .validationError),
        (500, "Build has already been cancelled", "rejected", .validationError),
        (500, "Resource is busy", "busy", .conflict),
        (500, "", "ambiguous", .serverError), (500, "connection reset", "ambiguous", .serverError),
        (500, "Server a is not connected", "ambiguous", .serverError),
        (500, "Timed out waiting for message.", "ambiguous", .serverError),
        (500, "Failed to query db", "ambiguous", .serverError),
        (408, "request timeout", "ambiguous", .timeoutError),
        (501, "Did not find any Deployment matching web", "ambiguous", .serverError),
        (502, "<html>Bad Gateway</html>", "ambiguous", .serverError),
        (503, "Resource is busy", "ambiguous", .serverError),
        (504, "Did not find any Deployment matching web", "ambiguous", .timeoutError),
        (200, "not json", "ambiguous", .serverError), (206, "{", "ambiguous", .serverError),
    ]

    @Test(arguments: answers)
    func statusAndTextDecide(
        status: Int, message: String, word: String, code: JobErrorCode
    ) {
        for text in [message, message.uppercased()] {
            let outcome = SubmissionAnswers.classify(
                status: status, message: text, retryAfter: status == 429 ? .seconds(12) : nil)
            #expect(outcome.word == word)
            #expect(outcome.error?.code == code)
        }
    }

    @Test func theTimeToWaitIsPassedOn() {
        let outcome = SubmissionAnswers.classify(
            status: 429, message: "Too many attempts", retryAfter: .milliseconds(430))
        #expect(
            outcome
                == .throttled(
                    JobError(.rateLimitError, "Too many attempts"), retryAfter: .milliseconds(430)))
    }

    @Test func aRedirectSaysWhatToDo() {
        let outcome = SubmissionAnswers.classify(status: 301, message: "x", retryAfter: nil)
        #expect(outcome.error?.message.contains("set the address") == true)
    }

    @Test func noAnswerOfAProxyEverCountsAsProof() {
        for status in [501, 502, 503, 504, 520, 599] {
            for (text, _) in CoreTextsTests.texts {
                let outcome = SubmissionAnswers.classify(
                    status: status, message: text, retryAfter: nil)
                #expect(outcome.word == "ambiguous")
            }
        }
    }
}

extension SubmissionOutcome {
    /// The error in it, if there is one.
    var error: JobError? {
        switch self {
        case .undelivered(let error), .rejected(let error), .throttled(let error, _),
            .unauthorized(let error), .unavailable(let error), .busy(let error),
            .ambiguous(let error):
            error
        case .accepted, .concluded, .withheld: nil
        }
    }
}
