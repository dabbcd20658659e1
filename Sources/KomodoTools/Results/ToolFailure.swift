internal import Intake
internal import JSON
internal import JobStore
internal import Jobs

/// Why a tool did not do what it was asked: what the model is told.
struct ToolFailure: Error, Sendable, Hashable {
    let code: ToolErrorCode
    /// Sentences that say what is wrong and what to do next.
    let message: String
    var details: JSONObject
    /// Seconds to wait before another try, with `RATE_LIMIT_ERROR`.
    var retryAfter: Int?

    init(
        _ code: ToolErrorCode, _ message: String, details: JSONObject = [:],
        retryAfter: Int? = nil
    ) {
        self.code = code
        self.message = message
        self.details = details
        self.retryAfter = retryAfter
    }
}

extension ToolFailure {
    /// The failure that an error of the engine means; nil for one that is a fault of this program,
    /// or the end of the call.
    init?(_ error: any Error) {
        switch error {
        case let failure as ToolFailure: self = failure
        case let error as IntakeError: self.init(intake: error)
        case let error as StoreError where error.code == .interrupted: return nil
        case let error as StoreError: self.init(store: error)
        default: return nil
        }
    }

    private init(intake error: IntakeError) {
        let hint =
            error.suggestions.isEmpty
            ? "" : " Did you mean \(error.suggestions.joined(separator: ", "))?"
        self.init(ToolErrorCode(error.error.code), error.error.message + hint)
        if !error.suggestions.isEmpty {
            details["suggestions"] = .array(error.suggestions.map { .string($0) })
        }
    }

    private init(store error: StoreError) {
        switch error.code {
        case .unknownReference, .ambiguousReference: self.init(.notFound, error.message)
        case .conflict, .violated: self.init(.conflict, error.message)
        case .missing, .newer, .altered, .corrupt, .full, .readOnly, .notPermitted,
            .unsuitableFileSystem, .busy, .failed, .interrupted:
            self.init(.internalError, "The job database: \(error.message)")
        }
    }
}
