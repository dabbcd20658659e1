/// Whether a call may be answered with a task, and who decides.
package enum TaskMode: Sendable, Hashable {
    /// No task may be returned.
    case unavailable
    /// A client of 2025-11-25 asked for a task, kept for `timeToLive` if it said so: the answer
    /// must be a task.
    case requested(timeToLive: Duration?)
    /// The client takes a task or a result, as the tool likes.
    case offered
}
