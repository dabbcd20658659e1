internal import JSON
internal import JobStore
internal import Jobs
internal import MCP

/// Agreement to one call, carried by the client from the preview to the call itself.
///
/// A token opens only for the same principal, tool, target and arguments, for ten minutes, once.
struct ConfirmationToken: Sendable {
    let text: String
    let expiresAt: JobTime

    static let lifetime: Duration = .seconds(600)
    /// Arguments that change nothing about what is done.
    private static let waitingArguments: Set<String> = ["confirmation_token", "wait_seconds"]

    /// Why a token is not accepted.
    enum Fault: Error {
        case forged, expired, foreign, used

        /// For the model.
        var explanation: String {
            switch self {
            case .forged: "This confirmation_token was not made by this server."
            case .expired: "This confirmation_token has expired."
            case .foreign: "This confirmation_token belongs to another call or caller."
            case .used:
                "This confirmation_token was used already; \(ToolName.list) shows what became of "
                    + "it."
            }
        }
    }

    /// Makes a token for a call.
    static func make(
        _ subject: ConfirmationSubject, _ call: ToolCall, _ context: ToolContext
    ) async throws -> ConfirmationToken {
        let expiresAt = context.clock.now() + lifetime
        let text = try SealedState.seal(
            "confirmed", key: try await context.store.sealKey(), context: binding(subject, call),
            expiresSeconds: expiresAt.milliseconds / 1_000,
            nonce: (0..<SealedState.nonceBytes).map { _ in UInt8.random(in: .min ... .max) })
        return ConfirmationToken(text: text, expiresAt: expiresAt)
    }

    /// Accepts a token, which cannot be used again afterwards.
    ///
    /// - Throws: ``Fault``, ``StoreError``.
    static func spend(
        _ text: String, _ subject: ConfirmationSubject, _ call: ToolCall, _ context: ToolContext
    ) async throws {
        let key = try await context.store.sealKey()
        let state: SealedState
        do {
            state = try SealedState.open(
                text, key: key, context: binding(subject, call),
                nowSeconds: context.clock.now().milliseconds / 1_000)
        } catch {
            throw Fault(error)
        }
        let nonce = "confirm:" + state.nonce.map { String($0, radix: 16) }.joined(separator: ".")
        let until = JobTime(milliseconds: state.expiresSeconds * 1_000)
        guard try await context.store.spend(nonce, until: until) else { throw Fault.used }
    }

    private static func binding(
        _ subject: ConfirmationSubject, _ call: ToolCall
    ) -> SealedState.Context {
        let arguments = call.arguments.json.members.filter { !waitingArguments.contains($0.key) }
        let parts: [JSONValue] = [
            "confirmation", .string(call.tool), .string(subject.operation.rawValue),
            .string(subject.target.id ?? "name:\(subject.target.name)"),
            .object(JSONObject(arguments.map { ($0.key, $0.value) })),
        ]
        return SealedState.Context(
            principal: call.caller.name,
            binding: Array(JSONValue.array(parts).canonical().serialized().utf8))
    }
}

extension ConfirmationToken.Fault {
    fileprivate init(_ error: SealedStateError) {
        switch error {
        case .tampered, .tooLarge, .unusable: self = .forged
        case .expired: self = .expired
        case .foreign: self = .foreign
        }
    }
}
