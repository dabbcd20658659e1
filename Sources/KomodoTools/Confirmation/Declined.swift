internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

/// The answer to a call that the user did not agree to.
enum Declined {
    /// A cancelled operation without a job; a failure where the client waits for a task.
    static func outcome(
        _ subject: ConfirmationSubject, _ call: ToolCall, _ context: ToolContext
    ) throws(ToolFailure) -> CallOutcome {
        let message =
            "The user did not confirm, so nothing was queued. Ask again only if the user wants it."
        if case .requested = call.taskMode {
            throw ToolFailure(
                .confirmationRequired, message, details: ["target": .string(subject.name)])
        }
        let prefix = OperationWords.prefix(of: subject.target.type)
        var data: JSONObject = [
            "status": .string(JobStatus.cancelled.rawValue),
            "phase": .string(JobPhase.beforeSend.rawValue),
            "operation": .string(subject.operation.idWord), "operation_status": "cancelled",
        ]
        data["\(prefix)_id"] = subject.target.id.map { .string($0) }
        data["\(prefix)_name"] = .string(subject.name)
        data["success"] = false
        data["message"] = .string(message)
        return .result(ToolResults.success(data, at: context.clock.now()))
    }
}
