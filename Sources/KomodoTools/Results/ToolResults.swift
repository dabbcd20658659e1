internal import JSON
internal import Jobs
internal import MCP

/// The two shapes in which tools answer.
enum ToolResults {
    /// `{data, status, timestamp}`.
    static func success(
        _ data: JSONObject, at now: JobTime, links: [Resource] = []
    ) -> CallResult {
        result(
            ["data": .object(data), "status": 200, "timestamp": .string(now.iso8601)],
            isError: false, links)
    }

    /// `{error, code, status, timestamp, details}`, with `retry_after` where there is one.
    static func failure(
        _ failure: ToolFailure, at now: JobTime, links: [Resource] = []
    ) -> CallResult {
        var object: JSONObject = [
            "error": .string(failure.message), "code": .string(failure.code.rawValue),
        ]
        object["status"] = failure.code.status.map { .int($0) }
        object["timestamp"] = .string(now.iso8601)
        object["retry_after"] = failure.retryAfter.map { .int($0) }
        if !failure.details.isEmpty { object["details"] = .object(failure.details) }
        return result(object, isError: true, links)
    }

    /// Clients that know no structured content read the text.
    private static func result(
        _ structured: JSONObject, isError: Bool, _ links: [Resource]
    ) -> CallResult {
        let value = JSONValue.object(structured)
        return CallResult(
            content: [.text(value.serialized())] + links.map { .link($0) }, structured: value,
            isError: isError)
    }
}
