internal import Intake
internal import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient

/// Why a tool did not do what it was asked: what the model is told.
struct ToolFailure: Error, Sendable, Hashable {
    let code: ToolErrorCode
    /// Sentences that say what is wrong and what to do next.
    var message: String
    var details: JSONObject
    /// The arguments that are at fault, with `VALIDATION_ERROR`.
    var faults: [ArgumentFault] = []
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

    /// Arguments that are not as they must be.
    ///
    /// - Parameter hint: a sentence to follow what is wrong.
    init(_ faults: [ArgumentFault], hint: String? = nil) {
        let sentences = faults.map(\.sentence) + [hint].compactMap { $0 }
        self.init(.validationError, sentences.joined(separator: " "))
        self.faults = faults
    }
}

extension ToolFailure {
    /// The failure that an error of the engine means; nil for one that is a fault of this program,
    /// or the end of the call.
    init?(_ error: any Error) {
        switch error {
        case let failure as ToolFailure: self = failure
        case let error as IntakeError: self.init(intake: error)
        case let error as KomodoError where error.code == .interrupted: return nil
        case let error as KomodoError: self.init(komodo: error)
        case let error as StoreError where error.code == .interrupted: return nil
        case let error as StoreError: self.init(store: error)
        default: return nil
        }
    }

    /// The most names that are proposed, and the longest of them in characters.
    private static let suggestionsMax = 10
    private static let nameMax = 200

    private init(intake error: IntakeError) {
        self.init(
            ToolErrorCode(error.error.code), error.error.message,
            suggestions: error.suggestions)
    }

    private init(komodo error: KomodoError) {
        self.init(
            ToolErrorCode(komodo: error), error.message, suggestions: error.suggestions)
        switch error.code {
        case .throttled(let wait?), .budgetExhausted(let wait):
            retryAfter = Int((wait.inMilliseconds + 999) / 1_000)
        case .notFound, .forbidden, .unauthorized, .throttled, .unreachable, .timedOut, .malformed,
            .invalid, .unsupported, .serverFault, .interrupted:
            break
        }
    }

    /// A failure whose message came from elsewhere, with the names that may have been meant.
    private init(_ code: ToolErrorCode, _ message: String, suggestions: [String]) {
        let names = suggestions.prefix(Self.suggestionsMax)
            .map { BoundedText.line($0, max: Self.nameMax) }
        self.init(code, BoundedText.line(message) + NearestNames.question(names))
        if !names.isEmpty { details["suggestions"] = .array(names.map { .string($0) }) }
    }

    private init(store error: StoreError) {
        let message = BoundedText.line(error.message)
        switch error.code {
        case .unknownReference, .ambiguousReference: self.init(.notFound, message)
        case .conflict, .violated: self.init(.conflict, message)
        case .missing, .newer, .altered, .corrupt, .full, .readOnly, .notPermitted,
            .unsuitableFileSystem, .displaced, .busy, .machineFailed, .failed, .interrupted:
            self.init(.internalError, "The job database: \(message)")
        }
    }
}
