private import JSON
internal import MCP

/// Tools whose schemas are looked at.
enum SchemaTools {
    static let all = [keywords, mirroredArguments]

    /// Keywords of JSON Schema 2020-12 that have to arrive as they are.
    private static let keywords = FixtureTool(
        "json_schema_2020_12_tool", "Takes arguments with a rich schema.",
        schema: [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "$defs": [
                "address": [
                    "$anchor": "addressDef",
                    "type": "object",
                    "properties": ["street": ["type": "string"], "city": ["type": "string"]],
                ]
            ],
            "properties": [
                "name": ["type": "string"],
                "address": ["$ref": "#/$defs/address"],
                "contactMethod": ["type": "string", "enum": ["phone", "email"]],
                "phone": ["type": "string"],
                "email": ["type": "string"],
            ],
            "allOf": [["anyOf": [["required": ["phone"]], ["required": ["email"]]]]],
            "if": [
                "properties": ["contactMethod": ["const": "phone"]],
                "required": ["contactMethod"],
            ],
            "then": ["required": ["phone"]],
            "else": ["required": ["email"]],
            "additionalProperties": false,
        ]
    ) { arguments, _ in
        .text("The arguments fit: \(JSONValue.object(arguments).serialized())")
    }

    /// Arguments that HTTP clients of 2026-07-28 repeat in headers.
    private static let mirroredArguments = FixtureTool(
        "test_custom_header", "Takes arguments that are repeated in HTTP headers.",
        schema: Arguments.object(
            [
                "region": [
                    "type": "string", "description": "Repeated in Mcp-Param-Region.",
                    "x-mcp-header": "Region",
                ],
                "priority": [
                    "type": "integer", "description": "Repeated in Mcp-Param-Priority.",
                    "x-mcp-header": "Priority",
                ],
                "dryRun": [
                    "type": "boolean", "description": "Repeated in Mcp-Param-Dry-Run.",
                    "x-mcp-header": "Dry-Run",
                ],
                "note": ["type": "string", "description": "Not repeated anywhere."],
            ])
    ) { arguments, _ in
        .text("Region: \(arguments["region"]?.string ?? "none")")
    }
}
