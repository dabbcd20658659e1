private import JSON
internal import MCP

/// Tools that ask the client during the call, in either era.
enum AskingTools {
    static let all = [sampling, elicitation, defaults, choices, missingCapability, streaming]

    private static let sampling = FixtureTool(
        "test_sampling", "Has the client's model answer a prompt.",
        schema: Arguments.text("prompt", "What the model is to answer.")
    ) { arguments, context in
        let prompt = arguments["prompt"]?.string ?? ""
        let answer = try await context.ask("completion", Questions.completion(prompt))
        return .text("LLM response: \(answer.completedText ?? "none")")
    }

    private static let elicitation = FixtureTool(
        "test_elicitation", "Puts a form to the user.",
        schema: Arguments.text("message", "What the user is told.")
    ) { arguments, context in
        let form = Questions.form(
            arguments["message"]?.string ?? "",
            [
                "username": ["type": "string", "description": "User's response"],
                "email": ["type": "string", "description": "User's email address"],
            ])
        let (action, content) = try await context.ask("user", form).summary
        return .text("User response: action=\(action), content=\(content)")
    }

    private static let defaults = FixtureTool(
        "test_elicitation_sep1034_defaults", "Puts a form with defaults to the user."
    ) { _, context in
        try await completed(
            form(
                "Please review the defaults",
                [
                    "name": ["type": "string", "default": "John Doe"],
                    "age": ["type": "integer", "default": 30],
                    "score": ["type": "number", "default": .number("95.5")],
                    "status": [
                        "type": "string", "enum": ["active", "inactive", "pending"],
                        "default": "active",
                    ],
                    "verified": ["type": "boolean", "default": true],
                ]), context)
    }

    private static let choices = FixtureTool(
        "test_elicitation_sep1330_enums", "Puts a form with every kind of choice to the user."
    ) { _, context in
        let plain: JSONValue = ["option1", "option2", "option3"]
        return try await completed(
            form(
                "Please choose",
                [
                    "untitledSingle": ["type": "string", "enum": plain],
                    "titledSingle": [
                        "type": "string", "oneOf": titles("Option"),
                    ],
                    "legacyEnum": [
                        "type": "string", "enum": ["opt1", "opt2", "opt3"],
                        "enumNames": ["Option One", "Option Two", "Option Three"],
                    ],
                    "untitledMulti": [
                        "type": "array", "items": ["type": "string", "enum": plain],
                    ],
                    "titledMulti": ["type": "array", "items": ["anyOf": titles("Choice")]],
                ]), context)
    }

    /// Cannot do without sampling.
    private static let missingCapability = FixtureTool(
        "test_missing_capability", "Needs a client that declares sampling."
    ) { _, context in
        let answer = try await context.ask("completion", Questions.completion("Say anything"))
        return .text("LLM response: \(answer.completedText ?? "none")")
    }

    private static let streaming = FixtureTool(
        "test_streaming_elicitation", "Reports progress, then puts a form to the user."
    ) { _, context in
        context.report(progress: 1, total: 2)
        let answer = try await context.ask(
            "user_name", Questions.text("What is your name?", "name"))
        return .text("Hello, \(answer["name"]?.string ?? "stranger")!")
    }

    private static func titles(_ word: String) -> JSONValue {
        let ordinals = ["First", "Second", "Third"]
        return .array(
            ordinals.enumerated().map { index, ordinal in
                ["const": .string("value\(index + 1)"), "title": .string("\(ordinal) \(word)")]
            })
    }

    private static func form(_ message: String, _ properties: JSONObject) -> ClientRequest {
        .form(
            ElicitationForm(
                message: message,
                schema: [
                    "type": "object", "properties": .object(properties), "required": [],
                ]))
    }

    private static func completed(
        _ form: ClientRequest, _ context: CallContext
    ) async throws -> CallOutcome {
        let (action, content) = try await context.ask("form", form).summary
        return .text("Elicitation completed: action=\(action), content=\(content)")
    }
}
