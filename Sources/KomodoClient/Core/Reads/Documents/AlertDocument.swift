internal import JSON
internal import Jobs

/// An alert as it is documented.
enum AlertDocument {
    /// The item of a list.
    static func listed(_ alert: JSONValue) -> JSONObject {
        let level = alert["level"]?.string ?? ""
        let type = alert["data"]?["type"]?.string ?? ""
        let data = alert["data"]?["data"] ?? [:]
        let text = AlertText(type: type, data: data, isOver: level == "OK")
        let isResolved = alert["resolved"]?.bool ?? false
        var document: JSONObject = [:]
        document.put("id", text: (alert["_id"] ?? alert["id"])?.objectID)
        document.put("title", text: text.title)
        document.put("severity", text: AlertWords.severity(level: level))
        document.put("level", text: level)
        document.put("alert_type", text: type)
        document.put(
            "resource_type", text: alert["target"]?["type"]?.string.map(StatusWords.snakeCase))
        document.put("resource_id", text: alert["target"]?["id"]?.string)
        document.put("resource_name", text: data["name"]?.string)
        document.put("message", text: text.message)
        document.put("resolved", flag: isResolved)
        document.put("triggered_at", moment: alert["ts"]?.timestamp)
        let resolvedAt = isResolved ? alert["resolved_ts"]?.timestamp : nil
        document.put("resolved_at", moment: resolvedAt)
        document.put("last_updated", moment: resolvedAt ?? alert["ts"]?.timestamp)
        document.put("metrics", object: metrics(type, data))
        return document
    }

    /// The whole document.
    static func detailed(_ alert: JSONValue) -> JSONObject {
        var document = listed(alert)
        document.put("description", text: description(alert["data"]))
        var timeline: [JSONObject] = []
        for (field, event) in [
            ("triggered_at", "Alert triggered"), ("resolved_at", "Alert resolved"),
        ] {
            guard let moment = document[field] else { continue }
            timeline.append(["timestamp": moment, "event": .string(event)])
        }
        document.put("timeline", objects: timeline)
        return document
    }

    /// What Core says beyond the message.
    private static func description(_ data: JSONValue?) -> String? {
        data?["data"]?["details"]?.filledText ?? ServerDocument.error(data?["data"]?["err"])
    }

    private static func metrics(_ type: String, _ data: JSONValue) -> JSONObject {
        let (used, total) = (data["used_gb"]?.double, data["total_gb"]?.double)
        switch type {
        case "ServerCpu":
            var metrics: JSONObject = [:]
            let percent = data["percentage"]?.double
            metrics.put("cpu_usage", text: percent.map(HumanText.percent))
            metrics.put("cpu_usage_percent", decimal: percent)
            return metrics
        case "ServerMem": return ServerMetrics.usage("memory", used: used, total: total)
        case "ServerDisk":
            var metrics = ServerMetrics.usage("disk", used: used, total: total)
            metrics.put("mount", text: data["path"]?.string)
            return metrics
        default: return [:]
        }
    }
}
