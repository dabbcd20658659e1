internal import Intake
internal import JSON
internal import JobStore
internal import Jobs
internal import MCP
private import Logging

/// One call of an execute tool: check, confirm, store, answer.
struct ExecuteRun: Sendable {
    let tool: ExecuteTool
    let call: ToolCall
    let context: ToolContext

    func run() async throws -> CallOutcome {
        let outcome = try OptionRules.decide(
            try call.arguments.nested("options"), of: tool.operation)
        var request = try newJob(outcome)
        if tool.needsConfirmation {
            request.target = try await context.intake.resolved(request.target)
            let subject = ConfirmationSubject(operation: tool.operation, target: request.target)
            guard try await ConfirmationGate.pass(subject, call, context) else {
                return try Declined.outcome(subject, call, context)
            }
        }
        let result = try await context.intake.take(request)
        guard let job = result.job else {
            preconditionFailure("a refused request is thrown by the intake")
        }
        var answer = JobAnswer(call: call, context: context)
        answer.isDeduplicated = result.isDeduplicated
        answer.notes = outcome.notes
        await answer.startWorker()
        let mode = WaitMode.decide(
            waitSeconds: try call.arguments.int("wait_seconds", in: 0...WaitMode.secondsMax),
            isAsync: outcome.isAsync, waitsForHealth: outcome.waitsForHealth,
            taskMode: call.taskMode)
        return try await answer.outcome(for: job, mode)
    }

    private func newJob(_ outcome: OptionOutcome) throws(ToolFailure) -> NewJob {
        let access = try context.requireAccess()
        let name = try call.arguments.requiredString("id")
        return NewJob(
            operation: tool.operation,
            target: Target(type: tool.operation.spec.targetType, id: nil, name: name),
            arguments: try tool.parameters(call.arguments), instance: access.instance,
            keyFingerprint: access.keyFingerprint, caller: call.origin,
            idempotencyKey: try call.arguments.string("idempotency_key"),
            startWithin: context.startWithin, deadline: outcome.deadline,
            waitsForHealth: outcome.waitsForHealth,
            onBusy: try call.arguments.choice("on_busy", NewJob.OnBusy.self) ?? .wait,
            isNew: try call.arguments.bool("new") ?? false)
    }
}

extension EnqueueResult {
    /// Whether the request met a job that was there already.
    fileprivate var isDeduplicated: Bool {
        switch self {
        case .created, .refused: false
        case .joined, .repeated: true
        }
    }
}
