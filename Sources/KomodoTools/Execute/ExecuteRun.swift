internal import Intake
internal import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient
internal import MCP
private import Logging

/// One call of an execute tool: check, confirm, store, answer.
///
/// Whatever can be refused is refused before the job is stored; from then on the answer names it.
struct ExecuteRun: Sendable {
    let tool: ExecuteTool
    let call: ToolCall
    let context: ToolContext

    func run() async throws -> CallOutcome {
        let dialect = context.komodo?.dialect
        try refuseUnknownOperation(dialect)
        let outcome = try OptionRules.decide(
            try call.arguments.nested("options"), of: tool.operation, in: dialect)
        let mode = try waitMode(outcome)
        var request = try newJob(outcome, dialect)
        var answer = JobAnswer(call: call, context: context)
        answer.notes = outcome.notes
        if tool.needsConfirmation || outcome.branch != nil {
            request.target = try await context.intake.resolved(request.target)
        }
        if dialect != .signed, tool.operation.spec.targetType == .repo {
            answer.notes += try await RepoOptions.check(
                outcome, of: tool.operation, request.target, in: context)
        }
        if tool.needsConfirmation {
            if let met = try await EqualJob.find(request, for: call.caller, in: context) {
                return try await finish(met, isDeduplicated: true, answer, mode)
            }
            let subject = ConfirmationSubject(
                operation: tool.operation, target: request.target, arguments: request.arguments)
            guard try await ConfirmationGate.pass(subject, call, context) else {
                return try Declined.outcome(subject, call, context)
            }
        }
        let result = try await context.intake.take(request)
        guard let job = result.job else {
            preconditionFailure("a refused request is thrown by the intake")
        }
        return try await finish(job, isDeduplicated: result.isDeduplicated, answer, mode)
    }

    private func finish(
        _ job: JobRecord, isDeduplicated: Bool, _ answer: JobAnswer, _ mode: WaitMode
    ) async throws -> CallOutcome {
        var answer = answer
        answer.isDeduplicated = isDeduplicated
        await answer.startWorker(for: job)
        return try await answer.outcome(for: job, mode)
    }

    /// - Throws: ``ToolFailure`` `UNSUPPORTED_OPTION` when Komodo's interface lacks the operation.
    private func refuseUnknownOperation(_ dialect: KomodoDialect?) throws(ToolFailure) {
        guard dialect == .signed, let fault = SignedOptions.fault(in: [:], for: tool.operation)
        else { return }
        throw ToolFailure(
            ToolErrorCode(fault.code), fault.message,
            details: ["komodo_field": .string(tool.operation.spec.request)])
    }

    /// Komodo's own arguments, checked as far as they can be without it.
    private func arguments(
        _ outcome: OptionOutcome, _ dialect: KomodoDialect?
    ) throws(ToolFailure) -> JSONObject {
        var arguments = outcome.arguments
        if dialect == .signed, tool.operation == .runProcedure {
            let variables = try call.arguments.object("variables") ?? [:]
            if !variables.isEmpty { arguments["variables"] = .object(variables) }
            return arguments
        }
        for member in try tool.parameters(call.arguments).members {
            arguments[member.key] = member.value
        }
        return arguments
    }

    private func waitMode(_ outcome: OptionOutcome) throws(ToolFailure) -> WaitMode {
        WaitMode.decide(
            waitSeconds: try call.arguments.int("wait_seconds", in: 0...WaitMode.secondsMax),
            isAsync: outcome.isAsync, waitsForHealth: outcome.waitsForHealth,
            taskMode: call.taskMode)
    }

    private func newJob(
        _ outcome: OptionOutcome, _ dialect: KomodoDialect?
    ) throws(ToolFailure) -> NewJob {
        let access = try context.requireAccess()
        let name = try call.arguments.requiredString("id")
        return NewJob(
            operation: tool.operation,
            target: Target(type: tool.operation.spec.targetType, id: nil, name: name),
            arguments: try arguments(outcome, dialect), instance: access.instance,
            keyFingerprint: access.keyFingerprint, caller: call.origin,
            idempotencyKey: try call.arguments.string("idempotency_key"),
            startWithin: context.startWithin, deadline: outcome.deadline,
            waitsForHealth: outcome.waitsForHealth, retriesFailure: outcome.retriesFailure,
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
