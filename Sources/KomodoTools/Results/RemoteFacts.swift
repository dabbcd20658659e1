internal import JSON
internal import JobStore
internal import Jobs

/// What Komodo told of a run beyond how it ended, from the history of its job.
///
/// Only the signed interface tells such things; what it gave in another form than the documented
/// one is left out.
struct RemoteFacts: Sendable, Hashable {
    private var members = JSONObject()

    /// The longest text, in characters.
    private static let textMax = 500
    private static let stepsMax = 50
    /// The most events whose details are read; facts come with the last of them.
    static let eventsMax = 50

    /// Nothing.
    init() {}

    /// What the events of an attempt, the oldest first, tell: of each fact the newest.
    init(_ events: [JobEventRecord]) {
        for event in events {
            // Details are JSON, which the database checks.
            guard let detail = event.detail, let value = try? JSONValue(parsing: detail),
                let facts = value["facts"]?.object
            else { continue }
            for member in facts.members { members[member.key] = member.value }
        }
    }

    /// How many steps of a procedure were completed.
    var stepsCompleted: Int64? { members["steps_completed"]?.int }

    /// What Komodo says of an operation, by documented name and type.
    ///
    /// - Parameter isOver: whether it has ended, so that no step is the current one.
    func data(of operation: JobOperation, isOver: Bool) -> JSONObject {
        var data = JSONObject()
        for name in Self.texts { data[name] = text(name) }
        for name in Self.counts { data[name] = count(name) }
        data["container_info"] = texts("container_info", ["id", "name", "state"])
        data["changes"] = counts("changes", ["files_changed", "insertions", "deletions"])
        data["result"] = members["result"]?.object.map { .object($0) }
        data["log_url"] = address("log_url", ["https://", "http://"])
        data["stream_url"] = address("stream_url", ["wss://", "ws://", "https://", "http://"])
        data["commit"] = commit(of: operation)
        data["output"] = members["output"]?.string.map { .string(BoundedText.tail($0)) }
        data["steps"] = members["steps"]?.array.map { steps in
            LogDigest.json(steps.prefix(Self.stepsMax).compactMap(\.string))
        }
        if !isOver {
            data["current_step"] =
                operation == .runProcedure ? count("current_step") : text("current_step")
            data["current_step_name"] = text("current_step_name")
            data["estimated_duration"] = text("estimated_duration")
        }
        return data
    }

    private static let texts = ["server_id", "branch", "target_path", "image", "type"]
    private static let counts = [
        "build_number", "steps_total", "steps_completed", "steps_failed", "exit_code", "timeout",
    ]

    private func text(_ name: String) -> JSONValue? {
        members[name]?.string.map { .string(BoundedText.line($0, max: Self.textMax)) }
    }

    private func count(_ name: String) -> JSONValue? { members[name]?.int.map { .int($0) } }

    private func address(_ name: String, _ beginnings: [String]) -> JSONValue? {
        guard let text = members[name]?.string, beginnings.contains(where: text.hasPrefix) else {
            return nil
        }
        return .string(BoundedText.line(text, max: Self.textMax))
    }

    /// An object of repositories, a text of others.
    private func commit(of operation: JobOperation) -> JSONValue? {
        guard let commit = members["commit"] else { return nil }
        guard JobData.commitIsObject(operation) else {
            return (commit["hash"]?.string ?? commit.string).map {
                .string(BoundedText.line($0, max: Self.textMax))
            }
        }
        if let hash = commit.string { return ["hash": .string(hash)] }
        return texts("commit", ["hash", "author", "message", "timestamp"])
    }

    /// The members of an object that are texts.
    private func texts(_ name: String, _ names: [String]) -> JSONValue? {
        picked(name, names) { value in
            value.string.map { .string(BoundedText.line($0, max: Self.textMax)) }
        }
    }

    /// The members of an object that are whole numbers.
    private func counts(_ name: String, _ names: [String]) -> JSONValue? {
        picked(name, names) { $0.int.map { .int($0) } }
    }

    private func picked(
        _ name: String, _ names: [String], _ pick: (JSONValue) -> JSONValue?
    ) -> JSONValue? {
        guard let object = members[name]?.object else { return nil }
        var copy = JSONObject()
        for name in names { copy[name] = object[name].flatMap(pick) }
        return copy.isEmpty ? nil : .object(copy)
    }
}
