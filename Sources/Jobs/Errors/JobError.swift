/// Why a job failed or waits: a code for programs and a sentence for people.
package struct JobError: Error, Sendable, Hashable {
    package let code: JobErrorCode
    /// One sentence without secrets or markup.
    package let message: String

    package init(_ code: JobErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension JobError: CustomStringConvertible {
    package var description: String { "\(code.rawValue): \(message)" }
}
