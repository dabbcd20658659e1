/// The application's proposals for arguments of prompts and resource templates.
package protocol CompletionProvider: Sendable {
    /// Proposals for `query`; nil when it names an unknown prompt, template or argument.
    func complete(_ query: CompletionQuery, for principal: Principal) async throws -> Completion?
}
