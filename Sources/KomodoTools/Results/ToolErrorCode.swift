internal import Jobs
internal import KomodoClient

/// The codes that failed tools answer with.
enum ToolErrorCode: String, Sendable, Hashable, CaseIterable {
    case authError = "AUTH_ERROR"
    case forbidden = "FORBIDDEN"
    case notFound = "NOT_FOUND"
    case validationError = "VALIDATION_ERROR"
    case conflict = "CONFLICT"
    case networkError = "NETWORK_ERROR"
    case timeoutError = "TIMEOUT_ERROR"
    case internalError = "INTERNAL_ERROR"
    case rateLimitError = "RATE_LIMIT_ERROR"
    case executionError = "EXECUTION_ERROR"
    case outcomeUnknown = "OUTCOME_UNKNOWN"
    case confirmationRequired = "CONFIRMATION_REQUIRED"
    case unsupportedOption = "UNSUPPORTED_OPTION"

    /// The HTTP status that it stands for; nil when nothing answered.
    var status: Int? {
        switch self {
        case .validationError, .unsupportedOption: 400
        case .authError: 401
        case .forbidden: 403
        case .notFound: 404
        case .conflict, .outcomeUnknown: 409
        case .confirmationRequired: 428
        case .rateLimitError: 429
        case .internalError, .executionError: 500
        case .timeoutError: 504
        case .networkError: nil
        }
    }

    /// The code of an engine's error.
    init(_ code: JobErrorCode) {
        switch code {
        case .authenticationError: self = .authError
        case .authorizationError: self = .forbidden
        case .conflict: self = .conflict
        case .executionError: self = .executionError
        case .networkError: self = .networkError
        case .notFound: self = .notFound
        case .outcomeUnknown: self = .outcomeUnknown
        case .rateLimitError: self = .rateLimitError
        case .serverError: self = .internalError
        case .timeoutError: self = .timeoutError
        case .unsupportedOption: self = .unsupportedOption
        case .validationError: self = .validationError
        }
    }

    /// The code of a call to Komodo that failed.
    init(komodo error: KomodoError) {
        switch error.code {
        case .notFound: self = .notFound
        case .forbidden: self = .forbidden
        case .unauthorized: self = .authError
        case .throttled, .budgetExhausted: self = .rateLimitError
        case .unreachable: self = .networkError
        case .timedOut: self = .timeoutError
        case .invalid: self = .validationError
        case .unsupported: self = .unsupportedOption
        case .malformed, .serverFault: self = .internalError
        case .interrupted: self = .networkError
        }
    }
}
