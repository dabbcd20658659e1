package import JSON

/// The application's tasks: it stores them, and shows each to its own principal only.
package protocol TaskProvider: Sendable {
    /// The task; nil when it is unknown, expired or somebody else's.
    func task(_ id: String, for principal: Principal) async throws -> TaskView?

    /// A page of the principal's tasks.
    ///
    /// - Throws: ``RPCError/invalidParams(_:data:)`` for a cursor that it did not make.
    func tasks(after cursor: String?, for principal: Principal) async throws -> Listing<TaskView>

    /// Yields after every change of the task from the call on; bursts may be merged.
    func changes(of id: String, for principal: Principal) -> AsyncStream<Void>

    /// Asks for the end of an unfinished task; a finished one is left alone.
    ///
    /// - Parameter hidesOutcome: set ``TaskView/isCancelledView`` durably before returning.
    /// - Returns: the task after it; nil when it is unknown.
    func cancel(_ id: String, for principal: Principal, hidesOutcome: Bool) async throws
        -> TaskView?

    /// Hands over answers to a task's requests; unknown and answered keys are ignored.
    ///
    /// - Returns: whether the task is known.
    func update(_ id: String, answers: [String: JSONValue], for principal: Principal)
        async throws -> Bool
}

extension TaskProvider {
    package func update(_ id: String, answers: [String: JSONValue], for principal: Principal)
        async throws -> Bool
    {
        try await task(id, for: principal) != nil
    }
}
