internal import JSON
internal import Jobs
internal import Redaction

/// An answer of the signed interface, or of a proxy before it, that is not a success.
struct SignedRefusal: Sendable, Hashable {
    let status: Int
    /// The documented code, such as `NOT_FOUND`; nil when a proxy wrote the answer.
    let code: String?
    /// One line without markup or secrets.
    let message: String
    /// How long to wait, from the header or from `retry_after`.
    let retryAfter: Duration?

    private static let textBytesMax = 64 << 10

    /// Reads a refusal.
    ///
    /// - Parameter redactor: masks secrets, our own key above all, in what is quoted.
    init(_ answer: HTTPAnswer, redactor: Redactor) {
        status = answer.status
        // Not JSON: the text itself is the message then.
        let value =
            answer.body.count <= Self.textBytesMax ? try? JSONValue(parsing: answer.body) : nil
        code = value.flatMap { Self.code($0) }
        let spoken = value?.field(["error", "message"])?.word
        let quote =
            spoken.map { Quote.answer($0, redactor: redactor) }
            ?? Quote.answer(answer.body, redactor: redactor)
        message = quote.isEmpty ? "Komodo answered \(answer.status) without a reason." : quote
        let date = answer.headers.date.flatMap { HTTPDate.parse($0) } ?? answer.headAt
        let seconds = value?.field("retry_after")?.double.map { Duration.seconds(max(0, $0)) }
        retryAfter =
            Patience.fromHeader(answer.headers.retryAfter, now: date)
            ?? seconds.map { min($0, Patience.max) }
    }

    /// The code of an error as the interface writes it: an object with texts `error` and `code`.
    static func code(_ value: JSONValue) -> String? {
        guard value["error"]?.string != nil else { return nil }
        return value["code"]?.word
    }

    /// What it teaches the turnstile.
    var finding: Admission.Finding {
        switch status {
        case 401: .keyRefused
        case 429: .throttled(retryAfter ?? Patience.windowDefault)
        case 503: retryAfter.map { .throttled($0) } ?? .nothing
        default: .nothing
        }
    }

    /// Whether the same read may work a moment later.
    var isPassing: Bool { (500..<600).contains(status) && !(status == 503 && retryAfter != nil) }

    /// The refusal of a read as an error.
    var komodoError: KomodoError {
        switch status {
        case 401: error(.unauthorized, keyMessage)
        case 403: error(.forbidden, message)
        case 404 where code == "NOT_FOUND": error(.notFound, message)
        case 404, 405:
            error(
                .invalid,
                "What answers at Komodo's address does not know this request (\(status)); check "
                    + "KOMODO_URL and KOMODO_API.")
        case 408, 504: error(.timedOut, message)
        case 429: error(.throttled(retryAfter: retryAfter ?? Patience.windowDefault), message)
        case 503 where retryAfter != nil: error(.throttled(retryAfter: retryAfter), message)
        case 502, 503: error(.unreachable, message)
        case 300..<400:
            error(
                .invalid,
                "Komodo's address answers with a redirect (\(status)); set the address that it "
                    + "leads to.")
        case 400..<500: error(.invalid, message)
        default: error(.serverFault, message)
        }
    }

    /// What it means for a submission.
    ///
    /// - Parameter isReleased: whether the body had been handed over when the answer came.
    func outcome(isReleased: Bool) -> SubmissionOutcome {
        switch status {
        case 401: return .unauthorized(JobError(.authenticationError, keyMessage))
        case 403: return .rejected(JobError(.authorizationError, message))
        case 404: return .rejected(JobError(.notFound, message))
        case 409: return .busy(JobError(.conflict, message))
        case 429:
            let wait = retryAfter ?? Patience.windowDefault
            return .throttled(JobError(.rateLimitError, message), retryAfter: wait)
        case 300..<400: return .rejected(komodoError.jobError)
        case 408, 504: return unclear(isReleased, .timeoutError)
        case 400..<500: return .rejected(JobError(.validationError, message))
        default: return unclear(isReleased, .serverError)
        }
    }

    private var keyMessage: String {
        "\(Turnstile.keyRefusedMessage) Komodo says: \(message)"
    }

    private func unclear(_ isReleased: Bool, _ code: JobErrorCode) -> SubmissionOutcome {
        let error = JobError(code, "HTTP \(status): \(message)")
        // The answer came before the body was on its way, so there was nothing to act on.
        return isReleased ? .ambiguous(error) : .undelivered(error)
    }

    private func error(_ code: KomodoError.Code, _ message: String) -> KomodoError {
        KomodoError(code, message, status: status)
    }
}
