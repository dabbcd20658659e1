internal import JSON
package import Jobs
package import Redaction

extension JSONValue {
    /// A Mongo id: `{"$oid": …}` or a plain string; nil when it is not 24 hexadecimal digits.
    var objectID: String? {
        guard let text = self["$oid"]?.string ?? string, ObjectID.isValid(text) else { return nil }
        return text
    }

    /// A moment in milliseconds, written as an integer or a float.
    var timestamp: Timestamp? {
        if let milliseconds = int { return Timestamp(milliseconds: milliseconds) }
        guard let double, abs(double) < 9e15 else { return nil }
        return Timestamp(milliseconds: Int64(double))
    }
}

/// Mongo's object ids.
enum ObjectID {
    /// Whether `text` is 24 hexadecimal digits.
    static func isValid(_ text: String) -> Bool {
        text.utf8.count == 24
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"):
                    true
                default: false
                }
            }
    }
}

extension UpdateSummary {
    /// Reads an update, or an item of a list of updates, leniently: what is missing is empty.
    ///
    /// Lists call the id `id`, whole updates `_id`.
    init(decoding value: JSONValue) {
        self.init(
            id: (value["_id"] ?? value["id"])?.objectID,
            operation: value["operation"]?.string ?? "",
            startedAt: value["start_ts"]?.timestamp ?? Timestamp(milliseconds: 0),
            status: UpdateStatus(value["status"]?.string ?? ""),
            success: value["success"]?.bool ?? false,
            operatorID: value["operator"]?.string ?? "",
            targetType: value["target"]?["type"]?.string ?? "",
            targetID: value["target"]?["id"]?.string ?? "")
    }
}

extension Update {
    /// Reads a whole update leniently.
    init(decoding value: JSONValue) {
        self.init(
            summary: UpdateSummary(decoding: value), endedAt: value["end_ts"]?.timestamp,
            logs: (value["logs"]?.array ?? []).map { UpdateLog(decoding: $0) },
            version: Self.version(value["version"]),
            commitHash: value["commit_hash"]?.string.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// How the update ended, from its flag and its logs; only meaningful when it is complete.
    ///
    /// - Parameter redactor: masks secrets in what the error quotes of the logs.
    package func outcome(redactor: Redactor) -> RemoteOutcome {
        if let statedOutcome { return statedOutcome }
        let failures = logs.filter { !$0.success }.map { log in
            (stage: log.stageName(redactor), text: log.failureText(redactor))
        }
        return CoreTexts.outcome(
            success: summary.success, failures: failures,
            stages: logs.map { $0.stageName(redactor) })
    }

    private static func version(_ value: JSONValue?) -> String? {
        guard let value else { return nil }
        if let text = value.string { return text.isEmpty ? nil : text }
        let parts = ["major", "minor", "patch"].map { value[$0]?.int ?? 0 }
        return parts == [0, 0, 0] ? nil : parts.map(String.init).joined(separator: ".")
    }
}

extension UpdateLog {
    /// Reads one stage leniently; a stage that does not say so did not fail.
    init(decoding value: JSONValue) {
        self.init(
            stage: value["stage"]?.string ?? "", command: value["command"]?.string ?? "",
            stdout: value["stdout"]?.string ?? "", stderr: value["stderr"]?.string ?? "",
            success: value["success"]?.bool ?? true, startedAt: value["start_ts"]?.timestamp,
            endedAt: value["end_ts"]?.timestamp)
    }

    /// The longest name of a stage that is kept, in characters.
    private static let stageLengthMax = 200
    /// Longest text that is looked at for the reason of a failure.
    private static let failureBytesMax = 64 << 10

    /// The name of the stage on one line, without markup and secrets.
    package func stageName(_ redactor: Redactor) -> String {
        PlainText.singleLine(redactor.plain(stage), max: Self.stageLengthMax)
    }

    /// What tells about a failure, without markup and secrets: usually the error output.
    fileprivate func failureText(_ redactor: Redactor) -> String {
        redactor.plain(stderr.isEmpty ? stdout : stderr, bytesMax: Self.failureBytesMax)
    }
}
