internal import MCP

/// Tools that change the lists.
enum ChangingTools {
    static func all(_ tools: ListChanges, _ prompts: FixturePrompts) -> [FixtureTool] {
        [
            FixtureTool("test_trigger_tool_change", "Announces a change of the tools.") { _, _ in
                tools.announce()
                return .text("The change of the tools was announced.")
            },
            FixtureTool(
                "test_trigger_prompt_change", "Announces a change of the prompts."
            ) { _, _ in
                prompts.changes.announce()
                return .text("The change of the prompts was announced.")
            },
        ]
    }
}
