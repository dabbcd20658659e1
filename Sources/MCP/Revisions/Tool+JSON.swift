internal import JSON

extension Tool {
    /// The tool as a revision lists it.
    ///
    /// - Parameter offersTasks: whether clients of 2025-11-25 may ask for tasks.
    func json(_ revision: Revision, offersTasks: Bool) -> JSONValue {
        var object: JSONObject = ["name": .string(name)]
        object.setNaming(title: title, icons: icons, revision)
        object["description"] = description.map { .string($0) }
        object["inputSchema"] = inputSchema
        if let outputSchema, revision.carries(outputSchema: outputSchema) {
            object["outputSchema"] = outputSchema
        }
        if revision >= .march2025 { object["annotations"] = annotations?.json }
        if revision == .november2025, offersTasks, taskSupport != .forbidden {
            object["execution"] = ["taskSupport": .string(taskSupport.rawValue)]
        }
        object.setMeta(meta, revision)
        return .object(object)
    }
}

extension ToolAnnotations {
    /// The hints that were set.
    var json: JSONValue {
        var object: JSONObject = [:]
        object["title"] = title.map { .string($0) }
        object["readOnlyHint"] = readOnly.map { .bool($0) }
        object["destructiveHint"] = destructive.map { .bool($0) }
        object["idempotentHint"] = idempotent.map { .bool($0) }
        object["openWorldHint"] = openWorld.map { .bool($0) }
        return .object(object)
    }
}

extension Revision {
    /// Whether a tool may list `schema`: objects only before 2026-07-28.
    fileprivate func carries(outputSchema schema: JSONValue) -> Bool {
        self >= .july2026 || (self >= .june2025 && schema["type"] == "object")
    }

    /// Whether a result may carry `structured`: objects only before 2026-07-28.
    fileprivate func carries(structured: JSONValue) -> Bool {
        self >= .july2026 || (self >= .june2025 && structured.object != nil)
    }
}

extension CallResult {
    /// The result of a call in a revision.
    func json(_ revision: Revision) -> JSONObject {
        var pieces = content.map { $0.json(revision) }
        if pieces.isEmpty, let structured {
            pieces = [Content.text(structured.serialized()).json(revision)]
        }
        var object: JSONObject = ["content": .array(pieces)]
        if let structured, revision.carries(structured: structured) {
            object["structuredContent"] = structured
        }
        if isError { object["isError"] = true }
        object["_meta"] = meta.map { .object($0) }
        return object
    }
}
