/// The error codes that jobs, tools and commands show.
package enum JobErrorCode: String, Sendable, Hashable, CaseIterable {
    case authenticationError = "AUTHENTICATION_ERROR"
    case authorizationError = "AUTHORIZATION_ERROR"
    case conflict = "CONFLICT"
    case executionError = "EXECUTION_ERROR"
    case networkError = "NETWORK_ERROR"
    case notFound = "NOT_FOUND"
    case outcomeUnknown = "OUTCOME_UNKNOWN"
    case rateLimitError = "RATE_LIMIT_ERROR"
    case serverError = "SERVER_ERROR"
    case timeoutError = "TIMEOUT_ERROR"
    case unsupportedOption = "UNSUPPORTED_OPTION"
    case validationError = "VALIDATION_ERROR"
}
