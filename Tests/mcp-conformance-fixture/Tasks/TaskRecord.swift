internal import JSON
internal import MCP

/// A task as the board keeps it.
struct TaskRecord: Sendable {
    var view: TaskView
    let owner: Principal
    /// What the client has answered.
    var answers: [String: JSONValue] = [:]

    /// Whether nothing changes any more.
    var isOver: Bool {
        switch view.state {
        case .ended, .cancelled: true
        case .working, .inputRequired: false
        }
    }

    /// What is still to be answered.
    var outstanding: [String: ClientRequest] {
        guard case .inputRequired(let requests) = view.state else { return [:] }
        return requests
    }

    /// Whether it need not be kept any longer.
    func isExpired(at now: Timestamp) -> Bool {
        guard let kept = view.timeToLive, isOver else { return false }
        return view.createdAt.advanced(by: kept) < now
    }

    /// Takes a new state, unless the task is over.
    mutating func enter(_ state: TaskView.State, at now: Timestamp, message: String? = nil) {
        guard !isOver else { return }
        view.state = state
        view.statusMessage = message
        view.updatedAt = now
    }
}
