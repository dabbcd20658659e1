private import Synchronization

/// One registered request, from its arrival to its answer or its cancellation.
///
/// registered → running | cancelled; running → answered | cancelled.
final class InFlightCall: Sendable {
    private enum Phase {
        case registered, running, answered, cancelled
    }

    let id: RequestID
    private let phase = Mutex(Phase.registered)
    private let over = Signal()
    private let sequel = Mutex<(@Sendable () -> Void)?>(nil)
    /// Rung when a subscription stream is to end with a result.
    let closing = Signal()

    init(id: RequestID) {
        self.id = id
    }

    /// Begins the work; false when the request was cancelled before.
    func begin() -> Bool {
        phase.withLock { phase in
            guard phase == .registered else { return false }
            phase = .running
            return true
        }
    }

    /// Cancels the request unless it is answered.
    func cancel() {
        phase.withLock { phase in
            if phase != .answered { phase = .cancelled }
        }
        over.end()
    }

    /// Takes the right to answer, which exists once and not after a cancellation.
    func claimAnswer() -> Bool {
        phase.withLock { phase in
            guard phase == .running else { return false }
            phase = .answered
            return true
        }
    }

    /// Has `body` done as soon as the answer has left; never, when there is no answer.
    func afterAnswer(_ body: @escaping @Sendable () -> Void) {
        sequel.withLock { $0 = body }
    }

    /// Does what ``afterAnswer(_:)`` was given: the answer has left.
    func answerLeft() {
        sequel.withLock { sequel in
            defer { sequel = nil }
            return sequel
        }?()
    }

    /// Whether messages of this request may still be sent.
    var isRunning: Bool { phase.withLock { $0 == .running } }

    /// Whether it was cancelled.
    var isCancelled: Bool { phase.withLock { $0 == .cancelled } }

    /// Runs `body` until it returns; a cancellation of the request cancels it.
    func run(_ body: @escaping @Sendable () async -> Void) async {
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await body()
                    self.over.end()
                }
                await over.waitForEnd()
                if isCancelled || Task.isCancelled { group.cancelAll() }
            }
        } onCancel: {
            cancel()
        }
        // It may hold this call, and is not done any more.
        sequel.withLock { $0 = nil }
    }
}
