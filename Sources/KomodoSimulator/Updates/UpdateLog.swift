internal import JSON

/// One stage of an update.
struct UpdateLog: Sendable {
    var stage: String
    var command = ""
    var stdout = ""
    var stderr = ""
    var success = true
    var startTs: Int64
    var endTs: Int64

    /// The `Log` of Core's API.
    var json: JSONValue {
        [
            "stage": .string(stage), "command": .string(command), "stdout": .string(stdout),
            "stderr": .string(stderr), "success": .bool(success), "start_ts": .int(startTs),
            "end_ts": .int(endTs),
        ]
    }

    /// An error without a command, as Core adds it by itself.
    static func error(_ stage: String, _ text: String, at time: Int64) -> UpdateLog {
        UpdateLog(stage: stage, stderr: text, success: false, startTs: time, endTs: time)
    }

    /// A remark without a command.
    static func simple(_ stage: String, _ text: String, at time: Int64) -> UpdateLog {
        UpdateLog(stage: stage, stdout: text, startTs: time, endTs: time)
    }
}
