internal import JSON
private import Synchronization

/// The progress of a legacy call that went on as a task, under the token of the call.
///
/// The token stays valid for the life of the task (2025-11-25, Tasks, "Task Progress"). The value
/// is the age of the task in seconds, for a task only tells in words how far it is.
final class TaskProgress: Sendable {
    private struct State {
        var value: Double
        var message: String?
    }

    private let token: JSONValue
    private let state: Mutex<State>

    /// nil when the call carries no progress token.
    ///
    /// - Parameter view: the task as the client is told of it in the answer.
    init?(_ context: CallContext, _ view: TaskView) {
        guard let token = context.exchange.progressToken else { return nil }
        self.token = token
        state = Mutex(State(value: context.progressSoFar ?? 0, message: view.statusMessage))
    }

    /// The notification for a task at work, when it says something that was not told before.
    func notification(_ view: TaskView, at now: Timestamp) -> Outgoing? {
        guard let message = view.statusMessage else { return nil }
        let age = Double(now.milliseconds - view.createdAt.milliseconds) / 1_000
        let value: Double? = state.withLock { state in
            guard message != state.message else { return nil }
            // Values have to grow, also when the wall clock is set back.
            state = State(value: age > state.value ? age : state.value + 1, message: message)
            return state.value
        }
        guard let value else { return nil }
        return .notification(
            "notifications/progress",
            [
                "progressToken": token, "progress": .double(value), "message": .string(message),
                "_meta": .object([MetaKey.relatedTask: ["taskId": .string(view.id)]]),
            ])
    }
}
