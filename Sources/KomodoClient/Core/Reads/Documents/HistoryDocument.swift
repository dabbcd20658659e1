internal import JSON
internal import Jobs

/// An update of Komodo: the record of one thing that was done.
enum HistoryDocument {
    /// The item of a list.
    ///
    /// - Parameter resourceName: the name of what was worked on, where it is known.
    static func listed(_ update: JSONValue, resourceName: String?) -> JSONObject {
        var document: JSONObject = [:]
        document.put("id", text: (update["id"] ?? update["_id"])?.objectID)
        document.put("operation", text: update["operation"]?.string)
        let isComplete = update["status"]?.string == "Complete"
        let success = update["success"]?.bool == true
        document.put("status", text: isComplete ? (success ? "success" : "failed") : "running")
        document.put("state", text: update["status"]?.string)
        document.put("started_at", moment: update["start_ts"]?.timestamp)
        document.put("operator", text: operatorName(update))
        document.put("operator_id", text: update["operator"]?.string)
        document.put(
            "resource_type", text: update["target"]?["type"]?.string.map(StatusWords.snakeCase))
        document.put("resource_id", text: update["target"]?["id"]?.string)
        document.put("resource_name", text: resourceName)
        document.put("version", text: ExecutionRecord.version(update["version"]))
        return document
    }

    /// The whole update with its logs, without the configurations in it: they hold secrets.
    static func detailed(_ update: JSONValue, resourceName: String?) -> JSONObject {
        var document = listed(update, resourceName: resourceName)
        let (start, end) = (update["start_ts"]?.timestamp, update["end_ts"]?.timestamp)
        document.put("completed_at", moment: end)
        if let start, let end { document.put("duration", duration: end - start) }
        document.put("commit", text: update["commit_hash"]?.string)
        document.put("logs", objects: (update["logs"]?.array ?? []).map(stage))
        return document
    }

    private static func stage(_ log: JSONValue) -> JSONObject {
        var stage: JSONObject = [:]
        for field in ["stage", "command", "stdout", "stderr"] {
            stage[field] = .string(log[field]?.string ?? "")
        }
        stage["success"] = .bool(log["success"]?.bool ?? true)
        stage.put("started_at", moment: log["start_ts"]?.timestamp)
        stage.put("completed_at", moment: log["end_ts"]?.timestamp)
        return stage
    }

    /// Whole updates tell the user's id alone, which is a name for Core's own users.
    private static func operatorName(_ update: JSONValue) -> String? {
        if let name = update["username"]?.filledText { return ServiceUser.name(name) }
        guard let id = update["operator"]?.filledText else { return nil }
        let name = ServiceUser.name(id)
        return name == id ? nil : name
    }
}
