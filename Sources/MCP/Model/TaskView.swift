/// A task as one client sees it, free of either wire form.
package struct TaskView: Sendable, Hashable {
    /// Where the work stands.
    package enum State: Sendable, Hashable {
        case working
        /// The work waits for answers; keys are never used twice within a task.
        case inputRequired([String: ClientRequest])
        case ended(TaskOutcome)
        case cancelled
    }

    /// Unguessable, for it is all that an unauthenticated client needs.
    package var id: String
    package var state: State
    /// Whether a client of 2025-11-25 cancelled it.
    ///
    /// That form shows `cancelled` at once and for good, whatever the work came to; ``state`` keeps
    /// the truth.
    package var isCancelledView: Bool
    package var statusMessage: String?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// How long it is kept, from its creation; nil for ever.
    package var timeToLive: Duration?
    package var pollInterval: Duration?

    package init(
        id: String, state: State, isCancelledView: Bool = false, statusMessage: String? = nil,
        createdAt: Timestamp, updatedAt: Timestamp, timeToLive: Duration? = nil,
        pollInterval: Duration? = nil
    ) {
        self.id = id
        self.state = state
        self.isCancelledView = isCancelledView
        self.statusMessage = statusMessage
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.timeToLive = timeToLive
        self.pollInterval = pollInterval
    }
}

/// How a task ended.
package enum TaskOutcome: Sendable, Hashable {
    /// What the call would have answered; also a tool's own failure.
    case result(CallResult)
    /// The call failed in the protocol's sense.
    case failure(RPCError)
}
