package import Jobs

/// Why a request did not become a job.
package struct IntakeError: Error, Sendable, Hashable {
    package let error: JobError
    /// The nearest names, when the target is unknown.
    package let suggestions: [String]

    package init(_ error: JobError, suggestions: [String] = []) {
        self.error = error
        self.suggestions = suggestions
    }

    package init(_ code: JobErrorCode, _ message: String, suggestions: [String] = []) {
        self.init(JobError(code, message), suggestions: suggestions)
    }
}

extension IntakeError: CustomStringConvertible {
    package var description: String {
        error.message + NearestNames.question(suggestions)
    }
}
