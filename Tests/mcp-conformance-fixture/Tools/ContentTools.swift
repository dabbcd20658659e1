internal import MCP

/// Tools that answer at once, with every kind of content.
enum ContentTools {
    static let all = [
        FixtureTool(
            "test_simple_text", "Answers with a text.",
            always: .text("This is a simple text response for testing.")),
        FixtureTool(
            "test_image_content", "Answers with a picture.",
            always: CallResult(content: [Samples.image])),
        FixtureTool(
            "test_audio_content", "Answers with a sound.",
            always: CallResult(content: [Samples.audio])),
        FixtureTool(
            "test_embedded_resource", "Answers with an embedded resource.",
            always: CallResult(content: [
                Samples.embedded(
                    "test://embedded-resource", "text/plain",
                    "This is an embedded resource content.")
            ])),
        FixtureTool(
            "test_multiple_content_types", "Answers with a text, a picture and a resource.",
            always: CallResult(content: [
                .text("Multiple content types test:"), Samples.image,
                Samples.embedded(
                    "test://mixed-content-resource", "application/json",
                    #"{"test":"data","value":123}"#),
            ])),
        FixtureTool(
            "test_error_handling", "Always fails.",
            always: .text(
                "This tool intentionally returns an error for testing", isError: true)),
    ]
}
