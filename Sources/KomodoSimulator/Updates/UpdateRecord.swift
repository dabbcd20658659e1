internal import JSON

/// A stored update: what Core remembers of one execution.
struct UpdateRecord: Sendable {
    /// Legal order: `inProgress`, then `complete`; Core never queues.
    enum Status: String {
        case inProgress = "InProgress"
        case complete = "Complete"
    }

    /// 24 hexadecimal digits; empty for an update that is never stored.
    let id: String
    let operation: String
    let target: ResourceTarget
    /// The id of a user or of one of Core's service users.
    let operatorID: String
    let startTs: Int64
    var endTs: Int64?
    var status = Status.inProgress
    /// Meaningless until complete, and true from the beginning, as in Core.
    var success = true
    var logs: [UpdateLog] = []
    var version: BuildVersion?
    var commitHash = ""

    /// Marks the update complete; its success is that of all its logs.
    mutating func finalise(at time: Int64) {
        status = .complete
        success = logs.allSatisfy(\.success)
        endTs = time
    }

    /// The `Update` of Core's API; `_id`, `version` and `commit_hash` are left out when empty.
    var json: JSONValue {
        var object: JSONObject = [:]
        if !id.isEmpty { object["_id"] = ["$oid": .string(id)] }
        object["operation"] = .string(operation)
        object["start_ts"] = .int(startTs)
        object["success"] = .bool(success)
        object["operator"] = .string(operatorID)
        object["target"] = target.json
        object["logs"] = .array(logs.map(\.json))
        object["end_ts"] = endTs.map { .int($0) } ?? .null
        object["status"] = .string(status.rawValue)
        if let version { object["version"] = version.json }
        if !commitHash.isEmpty { object["commit_hash"] = .string(commitHash) }
        return .object(object)
    }

    /// The `UpdateListItem` of lists and of the websocket.
    func listItem(username: String) -> JSONValue {
        var object: JSONObject = [
            "id": .string(id), "operation": .string(operation), "start_ts": .int(startTs),
            "success": .bool(success), "username": .string(username),
            "operator": .string(operatorID), "target": target.json,
            "status": .string(status.rawValue),
        ]
        if let version { object["version"] = version.json }
        return .object(object)
    }
}
