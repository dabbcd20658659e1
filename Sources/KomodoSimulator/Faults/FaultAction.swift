/// What happens to a request that a rule selects.
package struct FaultAction: Sendable, Hashable {
    /// The kinds of fault.
    ///
    /// "Accepted" tells whether Core handles the request at all by default.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Only the delays. Accepted.
        case delay
        /// Closes the connection before the request is handled. Never accepted.
        case dropBefore = "drop_before"
        /// Handles the request, then closes the connection without an answer.
        case dropAfter = "drop_after"
        /// Like `drop_before`, with a TCP reset.
        case resetBefore = "reset_before"
        /// Like `drop_after`, with a TCP reset.
        case resetAfter = "reset_after"
        /// Announces the whole body, sends half of it, then closes. Accepted.
        case truncate
        /// Never answers. Accepted.
        case stall
        /// Answers `status` with `body` and `headers`, as a proxy in front of Core. Not accepted.
        case status
        /// Answers `status` (502) with an HTML page. Not accepted.
        case html
        /// Answers 200 with JSON of `bytes` bytes instead of the real body. Accepted.
        case huge
        /// Sends the real answer `chunk_bytes` at a time, every `interval_ms`. Accepted.
        case slowBody = "slow_body"
        /// Answers 200 with broken JSON. Accepted.
        case malformed
        /// Answers as Core does while it cannot reach its database: 401. Not accepted.
        case databaseDown = "database_down"
    }

    package var kind: Kind
    /// Waits before the request is handled.
    package var delayBefore: Duration = .zero
    /// Waits between handling and answering.
    package var delayAfter: Duration = .zero
    /// The status of `status` and `html`.
    package var status: Int?
    /// The body of `status`, `html` and `malformed`.
    package var body: String?
    /// Additional header fields of the answer, for example `Retry-After`.
    package var headers: [String: String] = [:]
    /// The size of a `huge` body.
    package var bytes = 8 * 1024 * 1024
    /// The size of a piece of a `slow_body`.
    package var chunkBytes = 16
    /// The pause between two pieces of a `slow_body`.
    package var interval: Duration = .milliseconds(50)
    /// Overrides whether Core handles the request, where the kind leaves the choice.
    package var accepted: Bool?

    /// The largest `huge` body.
    package static let bytesMax = 256 * 1024 * 1024

    /// An action with everything but its kind at its default.
    package init(_ kind: Kind) {
        self.kind = kind
    }

    /// An answer of `status` in front of Core.
    package static func status(
        _ status: Int, body: String = "", headers: [String: String] = [:]
    ) -> FaultAction {
        var action = FaultAction(.status)
        action.status = status
        action.body = body
        action.headers = headers
        return action
    }

    /// Whether Core handles the request.
    var isHandled: Bool {
        switch kind {
        case .dropBefore, .resetBefore: false
        case .delay, .dropAfter, .resetAfter: true
        case .status, .html, .databaseDown: accepted ?? false
        case .truncate, .stall, .huge, .slowBody, .malformed: accepted ?? true
        }
    }
}
