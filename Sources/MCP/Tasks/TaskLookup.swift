internal import JSON

extension TaskView {
    /// Whether the work has come to its end.
    package var isOver: Bool {
        switch state {
        case .working, .inputRequired: false
        case .ended, .cancelled: true
        }
    }
}

extension CallContext {
    /// The answer for a task that is unknown, expired or somebody else's.
    static let unknownTask = RPCError.invalidParams("unknown task")

    /// The provider, which is there when the method is offered.
    func taskProvider() throws(RPCError) -> any TaskProvider {
        guard let provider = exchange.definition.tasks else { throw RPCError.internalError() }
        return provider
    }

    /// The task that the request names.
    func knownTask() async throws -> (view: TaskView, provider: any TaskProvider) {
        let id = try exchange.params.requiredString("taskId")
        let provider = try taskProvider()
        guard let view = try await provider.task(id, for: principal) else {
            throw Self.unknownTask
        }
        return (view, provider)
    }
}
