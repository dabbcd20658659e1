internal import MCP

/// The prompts: ways through several tools that are worth taking.
struct KomodoPrompts: PromptProvider {
    /// A prompt with what it says.
    struct Entry: Sendable {
        let prompt: Prompt
        let text: @Sendable ([String: String]) -> String
    }

    static let catalogue: [Entry] = [
        .deployAndVerify, .diagnoseFailedJob, .buildAndDeploy, .incidentSummary, .safeStopServer,
    ]

    /// The longest argument, in characters.
    private static let argumentMax = 200

    func prompts(for principal: Principal) async throws -> Listing<Prompt> {
        Listing(
            Self.catalogue.map(\.prompt),
            cache: CacheHint(timeToLive: .seconds(300), scope: .public))
    }

    func prompt(
        _ name: String, arguments: [String: String], context: CallContext
    ) async throws -> PromptResult? {
        Self.result(name, arguments)
    }

    /// The prompt filled with its arguments; nil when it is unknown.
    static func result(_ name: String, _ arguments: [String: String]) -> PromptResult? {
        guard let entry = catalogue.first(where: { $0.prompt.name == name }) else { return nil }
        let shown = arguments.mapValues { BoundedText.line($0, max: argumentMax) }
        return PromptResult(
            description: entry.prompt.description,
            messages: [PromptMessage(role: .user, content: .text(entry.text(shown)))])
    }
}
