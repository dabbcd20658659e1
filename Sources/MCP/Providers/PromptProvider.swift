/// The application's prompts.
package protocol PromptProvider: Sendable {
    /// The prompts that `principal` may see.
    func prompts(for principal: Principal) async throws -> Listing<Prompt>

    /// The prompt filled with `arguments`, of which the required ones are there; nil when it is
    /// unknown.
    func prompt(_ name: String, arguments: [String: String], context: CallContext) async throws
        -> PromptResult?

    /// Yields whenever the list changes; nil when it never does.
    func listChanges() -> AsyncStream<Void>?
}

extension PromptProvider {
    package func listChanges() -> AsyncStream<Void>? { nil }
}
