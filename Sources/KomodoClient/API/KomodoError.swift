package import Jobs

/// Why a call to Komodo gave no answer that can be used.
package struct KomodoError: Error, Sendable, Hashable {
    /// The kind of failure; what may be done about it follows from the kind alone.
    package enum Code: Sendable, Hashable {
        /// No such resource; see ``KomodoError/suggestions``.
        case notFound
        /// The key lacks a permission.
        case forbidden
        /// The key was refused. The breaker opens.
        case unauthorized
        /// Komodo or a proxy asks for patience.
        case throttled(retryAfter: Duration?)
        /// The budget of this program has no token in time.
        case budgetExhausted(wait: Duration)
        /// The connection failed.
        case unreachable
        /// Komodo, or a proxy before it, gave no answer in time.
        case timedOut
        /// An answer came that this program cannot read.
        case malformed
        /// Komodo refused the request itself, for example because it is too old for it.
        case invalid
        /// Komodo's interface has nothing for what was asked; nothing was sent.
        case unsupported
        /// Komodo failed for another reason.
        case serverFault
        /// The call was cancelled.
        case interrupted
    }

    package let code: Code
    /// One sentence without secrets.
    package let message: String
    /// The nearest names, for `notFound`.
    package let suggestions: [String]
    /// The HTTP status, when there was an answer.
    package let status: Int?

    package init(
        _ code: Code, _ message: String, suggestions: [String] = [], status: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.suggestions = suggestions
        self.status = status
    }

    /// Whether the same call may work later without anybody changing anything.
    package var isTransient: Bool {
        switch code {
        case .throttled, .budgetExhausted, .unreachable, .timedOut, .serverFault, .malformed,
            .interrupted:
            true
        case .notFound, .forbidden, .unauthorized, .invalid, .unsupported: false
        }
    }

    /// The error as jobs store it.
    package var jobError: JobError {
        let jobCode: JobErrorCode =
            switch code {
            case .notFound: .notFound
            case .forbidden: .authorizationError
            case .unauthorized: .authenticationError
            case .throttled, .budgetExhausted: .rateLimitError
            case .unreachable, .interrupted: .networkError
            case .timedOut: .timeoutError
            case .malformed, .serverFault: .serverError
            case .invalid: .validationError
            case .unsupported: .unsupportedOption
            }
        return JobError(jobCode, description)
    }
}

extension KomodoError: CustomStringConvertible {
    /// The sentence, with the nearest names.
    package var description: String { message + NearestNames.question(suggestions) }
}
