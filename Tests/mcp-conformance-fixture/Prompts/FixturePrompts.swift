private import JSON
internal import MCP

/// The prompts.
struct FixturePrompts: PromptProvider {
    /// Whether the list changed, as clients are told.
    let changes = ListChanges()

    private static let list = [
        Prompt(name: "test_simple_prompt", description: "A prompt without arguments."),
        Prompt(
            name: "test_prompt_with_arguments", description: "A prompt with two arguments.",
            arguments: [
                Prompt.Argument(
                    name: "arg1", description: "First test argument", isRequired: true),
                Prompt.Argument(
                    name: "arg2", description: "Second test argument", isRequired: true),
            ]),
        Prompt(
            name: "test_prompt_with_embedded_resource",
            description: "A prompt with an embedded resource.",
            arguments: [
                Prompt.Argument(
                    name: "resourceUri", description: "The address of the resource",
                    isRequired: true)
            ]),
        Prompt(name: "test_prompt_with_image", description: "A prompt with a picture."),
        Prompt(
            name: "test_input_required_result_prompt",
            description: "A prompt that asks the user for its context."),
    ]

    func prompts(for principal: Principal) async throws -> Listing<Prompt> {
        Listing(Self.list, cache: CacheHint(timeToLive: .seconds(60), scope: .public))
    }

    func prompt(
        _ name: String, arguments: [String: String], context: CallContext
    ) async throws -> PromptResult? {
        switch name {
        case "test_simple_prompt":
            Self.messages(.text("This is a simple prompt for testing."))
        case "test_prompt_with_arguments":
            Self.messages(
                .text(
                    "Prompt with arguments: arg1='\(arguments["arg1"] ?? "")', "
                        + "arg2='\(arguments["arg2"] ?? "")'"))
        case "test_prompt_with_embedded_resource":
            Self.messages(
                Samples.embedded(
                    arguments["resourceUri"] ?? "", "text/plain",
                    "Embedded resource content for testing."),
                .text("Please process the embedded resource above."))
        case "test_prompt_with_image":
            Self.messages(Samples.image, .text("Please analyze the image above."))
        case "test_input_required_result_prompt":
            try await Self.contextual(context)
        default: nil
        }
    }

    func listChanges() -> AsyncStream<Void>? { changes.changes() }

    private static func contextual(_ context: CallContext) async throws -> PromptResult {
        let answer = try await context.ask(
            "user_context", Questions.text("What context should the prompt use?", "context"))
        return messages(.text("Use this context: \(answer["context"]?.string ?? "none")"))
    }

    private static func messages(_ content: Content...) -> PromptResult {
        PromptResult(messages: content.map { PromptMessage(role: .user, content: $0) })
    }
}
