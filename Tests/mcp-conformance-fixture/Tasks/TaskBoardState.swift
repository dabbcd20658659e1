internal import MCP

/// What the board knows.
struct TaskBoardState: Sendable {
    var records: [String: TaskRecord] = [:]
    /// Identifiers in the order of creation.
    var order: [String] = []
    var listeners: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
    var nextListener = 0
    /// Ended to stop a task's work.
    var stops: [String: AsyncStream<Void>.Continuation] = [:]

    /// Forgets ended tasks whose time is over.
    mutating func removeExpired(at now: Timestamp) {
        let expired = records.filter { $0.value.isExpired(at: now) }.map(\.key)
        for id in expired {
            records[id] = nil
            for listener in (listeners.removeValue(forKey: id) ?? [:]).values { listener.finish() }
        }
        if !expired.isEmpty { order.removeAll { records[$0] == nil } }
    }
}
