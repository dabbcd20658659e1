internal import Jobs

/// An HTTP answer, read to its end.
struct HTTPAnswer: Sendable {
    let status: Int
    /// What the headers tell, as far as the client uses them.
    let headers: Headers
    let body: [UInt8]
    /// When the request was handed over and when the answer's head had come, on the clock of
    /// ``Surroundings/now``.
    let beganAt: Duration
    let headCameAt: Duration
    /// Our time of day when the head had come.
    let headAt: Timestamp

    /// The header fields that the client uses.
    struct Headers: Sendable, Hashable {
        var date: String?
        var retryAfter: String?
        var rateRemaining: String?
    }

    /// Whether the request was accepted.
    var isSuccess: Bool { (200..<300).contains(status) }
}

/// Why an exchange gave no HTTP answer.
struct HTTPFailure: Error, Sendable, Hashable {
    /// What went wrong.
    enum Kind: Sendable, Hashable {
        /// No connection came about.
        case unconnected
        /// The other side's certificate is not trusted, or TLS failed otherwise.
        case untrusted
        /// The connection broke.
        case lost
        /// No whole answer came in time.
        case timedOut
        /// The answer is longer than its limit.
        case oversized
        /// The answer is not HTTP.
        case unreadable
        /// The caller was cancelled.
        case cancelled
    }

    let kind: Kind
    /// One sentence without secrets.
    let message: String

    /// Whether the same read may work a moment later.
    var isPassing: Bool {
        switch kind {
        case .unconnected, .lost, .timedOut: true
        case .untrusted, .oversized, .unreadable, .cancelled: false
        }
    }

    /// The failure as reads report it.
    var komodoError: KomodoError {
        switch kind {
        case .unconnected, .untrusted, .lost: KomodoError(.unreachable, message)
        case .timedOut: KomodoError(.timedOut, message)
        case .oversized, .unreadable: KomodoError(.malformed, message)
        case .cancelled: KomodoError(.interrupted, message)
        }
    }

    /// The failure as submissions report it.
    var jobError: JobError {
        switch kind {
        case .timedOut: JobError(.timeoutError, message)
        case .unconnected, .untrusted, .lost, .oversized, .unreadable, .cancelled:
            JobError(.networkError, message)
        }
    }
}
