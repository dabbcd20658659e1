internal import JSON
internal import Jobs

/// One run in the history of a resource, from Core's updates.
struct ExecutionRecord: Sendable {
    let id: String
    let startedAt: Timestamp?
    let isComplete: Bool
    /// Only meaningful when it is complete.
    let success: Bool
    let operatorName: String
    private(set) var version: String?
    private(set) var end = End()

    /// What only the whole update tells.
    struct End: Sendable {
        var endedAt: Timestamp?
        var commit: String?
        /// The last lines that it printed.
        var output: String?
    }

    /// Reads an item of a list of updates; nil without an id.
    init?(_ item: JSONValue) {
        guard let id = (item["id"] ?? item["_id"])?.objectID else { return nil }
        self.id = id
        startedAt = item["start_ts"]?.timestamp
        isComplete = item["status"]?.string == "Complete"
        success = item["success"]?.bool ?? false
        operatorName = ServiceUser.name(
            item["username"]?.filledText ?? item["operator"]?.string ?? "")
        version = Self.version(item["version"])
    }

    /// When it ended, which a restart of Core leaves open.
    var endedAt: Timestamp? { end.endedAt }
    var commit: String? { end.commit }
    var output: String? { end.output }

    /// How long it took.
    var duration: Duration? {
        guard let endedAt, let startedAt else { return nil }
        return endedAt - startedAt
    }

    /// `success`, `failed`, or that it runs.
    func status(running: String = "running") -> String {
        guard isComplete else { return running }
        return success ? "success" : "failed"
    }

    /// Adds what the whole update tells.
    mutating func complete(with end: End) {
        self.end = end
    }

    /// When it ended, and how long it took.
    func ending() -> JSONObject {
        var document: JSONObject = [:]
        document.put("completed_at", moment: endedAt)
        document.put("duration", duration: duration)
        return document
    }

    /// The entry of an execution history.
    func entry() -> JSONObject {
        var entry: JSONObject = [:]
        entry.put("execution_id", text: id)
        entry.put("status", text: status())
        entry.put("started_at", moment: startedAt)
        entry.merge(ending())
        entry.put("operator", text: operatorName)
        return entry
    }

    /// `1.2.3` of `{major, minor, patch}`; nil for none.
    static func version(_ value: JSONValue?) -> String? {
        if let text = value?.string { return text.isEmpty ? nil : text }
        guard let value, value.object != nil else { return nil }
        let parts = ["major", "minor", "patch"].map { value[$0]?.int ?? 0 }
        return parts == [0, 0, 0] ? nil : parts.map { String($0) }.joined(separator: ".")
    }
}

extension ExecutionRecord.End {
    /// The longest output that is kept of one run, in bytes.
    private static let outputBytesMax = 8 << 10

    /// Reads a whole update.
    init(_ update: JSONValue) {
        endedAt = update["end_ts"]?.timestamp
        commit = update["commit_hash"]?.filledText
        let texts = (update["logs"]?.array ?? []).flatMap { log in
            [log["stdout"]?.filledText, log["stderr"]?.filledText].compactMap { $0 }
        }
        let text = texts.joined(separator: "\n")
        let lines = String(decoding: text.utf8.suffix(Self.outputBytesMax), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: true)
        let kept = lines.suffix(ActionDocument.outputLinesMax).joined(separator: "\n")
        output = kept.isEmpty ? nil : kept
    }
}

/// The users that Core itself works as.
enum ServiceUser {
    private static let names = [
        "System", "Procedure", "Action", "Git Webhook", "Auto Redeploy", "Resource Sync",
        "Stack Wizard", "Build Manager", "Repo Manager",
    ]

    /// The name of a service user, which lists call by its id; other names stay.
    static func name(_ user: String) -> String {
        guard ObjectID.isValid(user), let number = Int(user), names.indices.contains(number) else {
            return user
        }
        return names[number]
    }
}
