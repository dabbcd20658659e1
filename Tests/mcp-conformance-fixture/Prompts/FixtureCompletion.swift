internal import MCP

/// Proposals for the arguments of prompts and templates.
struct FixtureCompletion: CompletionProvider {
    private static let words = ["paris", "park", "party", "test", "testing", "tester"]
    private static let numbers = (1...150).map { String($0) }

    func complete(
        _ query: CompletionQuery, for principal: Principal
    ) async throws -> Completion? {
        switch (query.reference, query.argument) {
        case (.prompt("test_prompt_with_arguments"), "arg1"),
            (.prompt("test_prompt_with_arguments"), "arg2"):
            Self.proposals(Self.words, query.value)
        case (.prompt("test_prompt_with_embedded_resource"), "resourceUri"):
            Self.proposals(FixtureResources.addresses, query.value)
        case (.resource(FixtureResources.templateText), "id"):
            Self.proposals(Self.numbers, query.value)
        default: nil
        }
    }

    private static func proposals(_ known: [String], _ beginning: String) -> Completion {
        let fitting = known.filter { $0.hasPrefix(beginning) }
        return Completion(
            values: Array(fitting.prefix(Completion.valuesMax)), total: fitting.count,
            hasMore: fitting.count > Completion.valuesMax)
    }
}
