package import JSON

/// What a tool answers.
package struct CallResult: Sendable, Hashable {
    /// When empty, clients get ``structured`` as a text.
    package var content: [Content]
    /// Fits the tool's output schema; revisions before 2026-07-28 carry objects only.
    package var structured: JSONValue?
    /// Whether the tool failed; the content then tells the model what to do.
    package var isError: Bool
    package var meta: JSONObject?

    package init(
        content: [Content] = [], structured: JSONValue? = nil, isError: Bool = false,
        meta: JSONObject? = nil
    ) {
        self.content = content
        self.structured = structured
        self.isError = isError
        self.meta = meta
    }

    /// A result of one text.
    package static func text(_ text: String, isError: Bool = false) -> CallResult {
        CallResult(content: [.text(text)], isError: isError)
    }
}

/// How a tool call was answered.
package enum CallOutcome: Sendable, Hashable {
    case result(CallResult)
    /// The work goes on as a task, which is durable already. `immediate` is handed to the model
    /// at once by clients of 2025-11-25.
    case task(TaskView, immediate: String? = nil)
}
