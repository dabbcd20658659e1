internal import JSON

/// Which of Komodo's two interfaces a simulator answers.
package enum SimulatedAPI: String, Sendable, Hashable, CaseIterable {
    /// Core's own, `POST /read` and `/execute` with `{type, params}`.
    case core
    /// Resources by path with signed requests; nothing of Core's is there.
    case signed
    /// Both on one port, over the same resources.
    case both
}

/// How the signed interface writes its answers, where its documentation leaves a choice.
package struct SignedStyle: Sendable, Hashable {
    /// Whether answers come as `{data, status, timestamp}` rather than bare.
    package var isEnveloped = false
    /// Whether all fields are in camel case.
    package var isCamelCase = false
    /// Whether executions answer `{success, …Id, jobId, status: "queued", message}` rather than
    /// `{job_id, status: "started", …}`.
    package var isModuleShaped = false

    /// Bare answers in the documented spelling.
    package init() {}

    /// Answers as the flags say.
    package init(isEnveloped: Bool, isCamelCase: Bool, isModuleShaped: Bool) {
        self.isEnveloped = isEnveloped
        self.isCamelCase = isCamelCase
        self.isModuleShaped = isModuleShaped
    }
}

/// What the signed interface remembers besides the resources.
struct SignedBook: Sendable {
    /// An answer that is given again to the same key.
    struct Kept: Sendable {
        let path: String
        let content: JSONValue
    }

    /// Answers by idempotency key.
    private(set) var kept: [String: Kept] = [:]
    /// When the requests of the last minute came, on this machine's clock.
    private var recent: [Int64] = []

    /// Keys that are remembered.
    private static let keysMax = 100_000
    private static let windowMilliseconds: Int64 = 60_000

    /// Remembers an answer.
    mutating func keep(_ answer: Kept, for key: String) {
        if kept.count >= Self.keysMax { kept = [:] }
        kept[key] = answer
    }

    /// Counts a request against the limit.
    ///
    /// - Returns: how many are left; nil when there was none, and then how long to wait.
    mutating func count(at now: Int64, max limit: Int) -> (left: Int?, waitSeconds: Int64) {
        recent.removeAll { $0 <= now - Self.windowMilliseconds }
        guard recent.count < limit, limit > 0 else {
            let oldest = recent.first ?? now
            return (nil, Swift.max(1, (oldest + Self.windowMilliseconds - now + 999) / 1_000))
        }
        recent.append(now)
        return (limit - recent.count, 0)
    }
}
