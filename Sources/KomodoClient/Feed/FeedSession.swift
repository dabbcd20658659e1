internal import JSON
internal import Jobs
internal import Redaction

/// What the texts on a websocket mean: first the answer to the login, then list items of updates.
struct FeedSession: Sendable {
    private let redactor: Redactor
    private(set) var isOpen = false
    /// Texts that could not be read.
    private(set) var ignored = 0

    /// What a text means.
    enum Meaning: Sendable, Hashable {
        case opened
        case hint(UpdateHint)
        case refused(CoreRefusal)
        /// Whatever answers is no Komodo; with what it said.
        case strange(String)
        case nothing
    }

    init(redactor: Redactor) {
        self.redactor = redactor
    }

    /// The text that logs in with an API key.
    static func login(_ connection: KomodoConnection) -> String {
        let message: JSONValue = [
            "type": "ApiKeys",
            "params": [
                "key": .string(connection.apiKey.reveal()),
                "secret": .string(connection.apiSecret.reveal()),
            ],
        ]
        return message.serialized()
    }

    /// Reads the next text.
    mutating func receive(_ text: [UInt8]) -> Meaning {
        guard isOpen else { return answer(String(decoding: text, as: UTF8.self)) }
        // What is no JSON is no list item either.
        guard let value = try? JSONValue(parsing: text) else { return ignore() }
        if value["type"]?.string == "INVALID_USER" {
            let reason = value["msg"]?.string ?? "the user is disabled"
            return .refused(CoreRefusal(status: 401, text: reason, redactor: redactor))
        }
        let summary = UpdateSummary(decoding: value)
        guard let id = summary.id else { return ignore() }
        return .hint(UpdateHint(id: id, status: summary.status))
    }

    /// Counts something that is of no use.
    mutating func ignore() -> Meaning {
        ignored += 1
        return .nothing
    }

    private mutating func answer(_ text: String) -> Meaning {
        if text == "LOGGED_IN" {
            isOpen = true
            return .opened
        }
        // `[401 Unauthorized]: reason`
        let parts = text.split(separator: "]: ", maxSplits: 1)
        guard text.hasPrefix("["), parts.count == 2, let status = Int(text.dropFirst().prefix(3))
        else { return .strange(Quote.answer(text, redactor: redactor)) }
        let reason = String(parts[1])
        // A login that comes too soon may be called unauthorized, too.
        let isEarly = reason.lowercased().contains("too many attempts")
        return .refused(
            CoreRefusal(status: isEarly ? 429 : status, text: reason, redactor: redactor))
    }
}
