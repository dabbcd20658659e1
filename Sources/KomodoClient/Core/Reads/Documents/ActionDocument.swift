internal import JSON

/// An action as it is documented.
enum ActionDocument {
    /// How much of the output of a run a document has.
    static let outputLinesMax = 20

    /// The item of a list.
    static func listed(_ action: CoreResource) -> JSONObject {
        var document = head(action)
        document.put("last_execution", object: action.lastRun(momentField: "executed_at"))
        document.merge(action.ending())
        return document
    }

    /// The whole document.
    static func detailed(_ action: CoreResource, history: [ExecutionRecord]?) -> JSONObject {
        var document = head(action)
        document.put("config", object: config(action))
        document.put(
            "last_execution",
            object: history?.first.map { last($0) } ?? action.lastRun(momentField: "executed_at"))
        if let history {
            document.put(
                "execution_history",
                objects: history.map { record in
                    var entry = record.entry()
                    entry.put("output", text: record.output)
                    return entry
                })
        }
        document.merge(action.ending())
        return document
    }

    private static func last(_ record: ExecutionRecord) -> JSONObject {
        var entry = record.entry()
        entry["executed_at"] = entry["started_at"]
        return entry
    }

    private static func head(_ action: CoreResource) -> JSONObject {
        var document = action.beginning()
        // All actions of Core are scripts.
        document.put("type", text: "script")
        document.merge(action.startings())
        return document
    }

    private static func config(_ action: CoreResource) -> JSONObject {
        var config: JSONObject = [:]
        config.put("script", text: action.config("file_contents")?.string)
        config.put("arguments", object: arguments(action))
        if action.config("arguments")?.filledText != nil {
            config.put("arguments_format", text: action.config("arguments_format")?.string)
        }
        config.put("run_at_startup", flag: action.config("run_at_startup")?.bool)
        return config
    }

    /// The default arguments, where their format is one that is read here.
    private static func arguments(_ action: CoreResource) -> JSONObject? {
        let text = action.config("arguments")
        switch action.config("arguments_format")?.string {
        case "key_value": return KeyValueText.object(text)
        case "json":
            // Core runs such an action without arguments too.
            return text?.filledText.flatMap { try? JSONValue(parsing: $0) }?.object
        default: return nil
        }
    }
}
