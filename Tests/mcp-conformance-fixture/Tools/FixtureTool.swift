internal import JSON
internal import MCP

/// A tool and what it does.
struct FixtureTool: Sendable {
    /// What a call does with its arguments.
    typealias Body = @Sendable (JSONObject, CallContext) async throws -> CallOutcome

    let tool: Tool
    let body: Body

    init(
        _ name: String, _ description: String, schema: JSONValue = Tool.noArguments,
        tasks: TaskSupport = .forbidden, body: @escaping Body
    ) {
        tool = Tool(
            name: name, description: description, inputSchema: schema, taskSupport: tasks)
        self.body = body
    }

    /// A tool without arguments that always answers the same.
    init(_ name: String, _ description: String, always result: CallResult) {
        self.init(name, description) { _, _ in .result(result) }
    }
}

extension CallOutcome {
    /// A result of one text.
    static func text(_ text: String) -> CallOutcome { .result(.text(text)) }
}

/// Schemas of arguments.
enum Arguments {
    /// An object with these properties, of which some are required, and no others.
    static func object(_ properties: JSONObject, required: [String] = []) -> JSONValue {
        [
            "type": "object", "properties": .object(properties),
            "required": .array(required.map { .string($0) }), "additionalProperties": false,
        ]
    }

    /// An object with one required text.
    static func text(_ name: String, _ description: String) -> JSONValue {
        object(
            [name: ["type": "string", "description": .string(description)]], required: [name])
    }
}
