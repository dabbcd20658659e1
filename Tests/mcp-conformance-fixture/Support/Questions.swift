internal import JSON
internal import MCP

/// What the fixture asks clients for.
enum Questions {
    /// A form with required properties, each with its schema.
    static func form(_ message: String, _ properties: JSONObject) -> ClientRequest {
        let schema: JSONValue = [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.keys.map { .string($0) }),
        ]
        return .form(ElicitationForm(message: message, schema: schema))
    }

    /// A form with one required text.
    static func text(_ message: String, _ property: String) -> ClientRequest {
        form(message, [property: ["type": "string"]])
    }

    /// A form with one required yes or no.
    static func confirmation(_ message: String, _ property: String) -> ClientRequest {
        form(message, [property: ["type": "boolean"]])
    }

    /// A completion by the client's model.
    static func completion(_ prompt: String, tokens: Int = 100) -> ClientRequest {
        .sampling([
            "messages": [
                ["role": "user", "content": ["type": "text", "text": .string(prompt)]]
            ],
            "maxTokens": .int(tokens),
        ])
    }
}

extension ClientAnswer {
    /// A property of an accepted form.
    subscript(property: String) -> JSONValue? {
        guard case .accepted(let content)? = elicitation else { return nil }
        return content[property]
    }

    /// The text that the client's model wrote.
    var completedText: String? {
        guard case .sampling(let result) = self else { return nil }
        let content = result["content"]
        return content?["text"]?.string ?? content?.array?.first?["text"]?.string
    }

    /// The answer to a form in one line.
    var summary: (action: String, content: String) {
        switch elicitation {
        case .accepted(let content)?: ("accept", JSONValue.object(content).serialized())
        case .declined?: ("decline", "{}")
        case .cancelled?: ("cancel", "{}")
        case nil: ("none", "{}")
        }
    }
}
