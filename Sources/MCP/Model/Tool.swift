package import JSON

/// A tool as it is listed.
package struct Tool: Sendable, Hashable {
    /// 1 to 64 of `A-Z a-z 0-9 _ - .`; unique.
    package var name: String
    package var title: String?
    package var description: String?
    /// A JSON Schema 2020-12 whose `type` is `object`.
    package var inputSchema: JSONValue
    /// A JSON Schema for `structuredContent`; revisions before 2026-07-28 take objects only.
    package var outputSchema: JSONValue?
    package var annotations: ToolAnnotations?
    package var taskSupport: TaskSupport
    package var icons: [Icon]
    package var meta: JSONObject?

    package init(
        name: String, title: String? = nil, description: String? = nil,
        inputSchema: JSONValue = Tool.noArguments, outputSchema: JSONValue? = nil,
        annotations: ToolAnnotations? = nil, taskSupport: TaskSupport = .forbidden,
        icons: [Icon] = [], meta: JSONObject? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.annotations = annotations
        self.taskSupport = taskSupport
        self.icons = icons
        self.meta = meta
    }

    /// The schema of a tool that takes no arguments.
    package static let noArguments: JSONValue = [
        "type": "object", "additionalProperties": false,
    ]
}

/// Whether a tool may answer with a task.
package enum TaskSupport: String, Sendable, Hashable {
    /// Never.
    case forbidden
    /// When the client can take one.
    case optional
    /// Always: a client that cannot take a task is refused.
    case required
}

/// Hints about a tool's behaviour; a hint that is nil is not sent.
package struct ToolAnnotations: Sendable, Hashable {
    package var title: String?
    package var readOnly: Bool?
    package var destructive: Bool?
    package var idempotent: Bool?
    package var openWorld: Bool?

    package init(
        title: String? = nil, readOnly: Bool? = nil, destructive: Bool? = nil,
        idempotent: Bool? = nil, openWorld: Bool? = nil
    ) {
        self.title = title
        self.readOnly = readOnly
        self.destructive = destructive
        self.idempotent = idempotent
        self.openWorld = openWorld
    }
}
