internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

/// Lets destructive calls pass only when somebody agreed to them.
enum ConfirmationGate {
    /// The name of the question across the rounds of a call.
    private static let question = "confirm"

    /// Whether the user agrees.
    ///
    /// With a token that fits, yes. Otherwise the user is asked, where the client can; where it
    /// cannot, the call ends with a preview and a token.
    ///
    /// - Returns: false when the user declined.
    /// - Throws: ``ToolFailure`` `CONFIRMATION_REQUIRED`; what the protocol throws to come back
    ///   with the user's answer.
    static func pass(
        _ subject: ConfirmationSubject, _ call: ToolCall, _ context: ToolContext
    ) async throws -> Bool {
        if let token = try call.arguments.string("confirmation_token") {
            do {
                try await ConfirmationToken.spend(token, subject, call, context)
                return true
            } catch let fault as ConfirmationToken.Fault {
                throw try await preview(
                    await read(subject, context), call, context, because: fault.explanation)
            }
        }
        let subject = await read(subject, context)
        let form = ClientRequest.form(subject.form)
        guard call.canAsk(form) else { throw try await preview(subject, call, context) }
        do {
            return isAgreed(try await call.ask(question, form), subject)
        } catch AskError.refused {
            // The client said that it can ask, and cannot.
            throw try await preview(subject, call, context)
        } catch is AskError {
            throw ToolFailure(
                .confirmationRequired,
                "Nobody confirmed, so nothing was queued. \(subject.consequence)",
                details: ["target": .string(subject.name)])
        }
    }

    /// The subject with what it hits now.
    private static func read(
        _ subject: ConfirmationSubject, _ context: ToolContext
    ) async -> ConfirmationSubject {
        var subject = subject
        let radius = await BlastRadius.sentence(of: subject, in: context)
        subject.radius = Outgoing(context.redactor).sentence(radius)
        return subject
    }

    private static func isAgreed(_ answer: ClientAnswer, _ subject: ConfirmationSubject) -> Bool {
        switch answer.elicitation {
        case .accepted(let content): subject.isAgreed(content)
        case .declined, .cancelled, nil: false
        }
    }

    private static func preview(
        _ subject: ConfirmationSubject, _ call: ToolCall, _ context: ToolContext,
        because reason: String? = nil
    ) async throws -> ToolFailure {
        let token = try await ConfirmationToken.make(subject, call, context)
        let sentences = [
            reason, "Nothing was queued yet.", subject.consequence,
            "Show this to the user. Only if the user agrees, call \(call.tool) again with the same "
                + "arguments and this confirmation_token within 10 minutes.",
        ]
        return ToolFailure(
            .confirmationRequired, sentences.compactMap { $0 }.joined(separator: " "),
            details: [
                "confirmation_token": .string(token.text),
                "expires_at": .string(token.expiresAt.iso8601),
                "operation": .string(subject.operation.idWord), "target": .string(subject.name),
                "consequence": .string(subject.consequence),
            ])
    }
}
