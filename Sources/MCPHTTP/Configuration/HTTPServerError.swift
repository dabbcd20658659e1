/// Why an HTTP server cannot be set up or cannot listen.
package struct HTTPServerError: Error, CustomStringConvertible {
    /// The kind of fault.
    package enum Code: Sendable, Hashable {
        /// An address beyond loopback without tokens.
        case tokensNeeded
        /// A value of the configuration that means nothing.
        case invalidConfiguration
        /// A token that cannot be registered.
        case invalidToken
        /// The tokens could not be read before the server began.
        case tokensUnreadable
        /// The address is taken, foreign or forbidden.
        case cannotListen
    }

    package let code: Code
    /// A sentence that says what to do.
    package let message: String
    package let cause: (any Error)?

    init(code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String { message }
}
