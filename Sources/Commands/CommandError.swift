/// How a command ends when it does not end well.
struct CommandError: Error, CustomStringConvertible {
    let exit: ExitStatus
    /// One or two sentences for standard error.
    let message: String
    /// The code for JSON: that of the job error behind it, else one by its exit status.
    let code: String

    init(_ exit: ExitStatus, _ message: String, code: String? = nil) {
        self.exit = exit
        self.message = message
        self.code = code ?? exit.code
    }

    var description: String { message }
}

/// What the exit codes of the commands mean.
enum ExitStatus: Int32, Sendable, CaseIterable {
    case success = 0
    case failure = 1
    case usage = 2
    case jobFailed = 3
    case jobCancelled = 4
    case timedOut = 5
    case notFound = 6
    case outcomeUnknown = 7
    case unreachable = 69

    /// The code of errors that have none of their own.
    var code: String {
        switch self {
        case .success, .failure: "ERROR"
        case .usage: "VALIDATION_ERROR"
        case .jobFailed, .jobCancelled: "EXECUTION_ERROR"
        case .timedOut: "TIMEOUT_ERROR"
        case .notFound: "NOT_FOUND"
        case .outcomeUnknown: "OUTCOME_UNKNOWN"
        case .unreachable: "NETWORK_ERROR"
        }
    }

    /// One line for the help text.
    var summary: String {
        switch self {
        case .success: "ok"
        case .failure: "error"
        case .usage: "wrong usage"
        case .jobFailed: "the job failed"
        case .jobCancelled: "the job was cancelled"
        case .timedOut: "timed out waiting; the job goes on"
        case .notFound: "no such target or job"
        case .outcomeUnknown: "the outcome of the job is unknown"
        case .unreachable: "nothing can run the job"
        }
    }
}
