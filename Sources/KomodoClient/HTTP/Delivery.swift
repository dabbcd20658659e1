/// What is known after a request was to be sent exactly once.
enum Delivery: Sendable {
    /// An answer came; `isReleased` tells whether the body had been handed over by then.
    case answered(HTTPAnswer, isReleased: Bool)
    /// The body never left: the exchange failed before.
    case undelivered(HTTPFailure)
    /// The body never left: the gate or the caller's cancellation held it back.
    case withheld
    /// The body was handed over and no answer came.
    case ambiguous(HTTPFailure)

    /// Combines the end of the exchange with how far the body had come.
    init(_ result: Result<HTTPAnswer, HTTPFailure>, phase: GatedBody.Phase) {
        switch (result, phase) {
        case (.success(let answer), .released): self = .answered(answer, isReleased: true)
        case (.success, .refused): self = .withheld
        case (.success(let answer), .held), (.success(let answer), .closed):
            self = .answered(answer, isReleased: false)
        case (.failure(let failure), .released): self = .ambiguous(failure)
        case (.failure, .refused): self = .withheld
        case (.failure(let failure), .held), (.failure(let failure), .closed):
            self = failure.kind == .cancelled ? .withheld : .undelivered(failure)
        }
    }
}
