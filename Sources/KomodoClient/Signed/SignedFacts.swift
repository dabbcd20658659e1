internal import JSON
internal import Redaction

/// What an execution answers beyond its id and its state, for the record of its job.
enum SignedFacts {
    /// The fields that are kept, in the documented spelling.
    private static let names = [
        "server_id", "estimated_duration", "steps", "current_step", "current_step_name", "log_url",
        "stream_url", "build_number", "commit", "branch", "timeout", "steps_total",
        "steps_completed", "steps_failed", "exit_code", "target_path", "image", "type",
        "container_info", "changes", "output", "result",
    ]
    /// All facts of a run as JSON.
    private static let bytesMax = 16 << 10
    private static let textBytesMax = 4 << 10
    private static let itemsMax = 50
    private static let depthMax = 4

    /// The facts in an answer, without markup and secrets.
    static func of(_ content: JSONValue, redactor: Redactor) -> JSONObject {
        guard var document = SignedSpelling.documented(content).object else { return [:] }
        // The two documented shapes have names of their own for the same.
        document["target_path"] = document["target_path"] ?? document["path"]
        let lines = document["logs"]?.array?.compactMap(\.string) ?? []
        if document["output"] == nil, !lines.isEmpty {
            document["output"] = .string(lines.joined(separator: "\n"))
        }
        document["steps"] = document["steps"]?.array.map { steps in
            .array(steps.compactMap { $0["name"] ?? ($0.string == nil ? nil : $0) })
        }
        var facts = JSONObject()
        var room = bytesMax
        for name in names {
            guard let value = document[name], !value.isNull,
                let kept = kept(value, redactor, depth: 0)
            else { continue }
            let size = kept.serialized().utf8.count
            guard size <= room else { continue }
            room -= size
            facts[name] = kept
        }
        return facts
    }

    /// The value with every text in it cleaned; nil for what is nested too deep.
    private static func kept(
        _ value: JSONValue, _ redactor: Redactor, depth: Int
    ) -> JSONValue? {
        guard depth < depthMax else { return nil }
        switch value {
        case .string(let text):
            return .string(redactor.plain(text, bytesMax: textBytesMax))
        case .array(let items):
            return .array(
                items.prefix(itemsMax).compactMap { kept($0, redactor, depth: depth + 1) })
        case .object(let object):
            var copy = JSONObject()
            for member in object.members.prefix(itemsMax) {
                copy[Quote.word(member.key)] = kept(member.value, redactor, depth: depth + 1)
            }
            return .object(copy)
        case .null, .bool, .number: return value
        }
    }
}
