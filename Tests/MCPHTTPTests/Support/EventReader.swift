internal import AsyncHTTPClient
internal import JSON
internal import NIOCore

/// Reads server-sent events.
struct EventReader {
    /// An event or a comment.
    struct Event: Hashable {
        var id: String?
        var event: String?
        var data: String?
        var retry: Int?
        var isComment = false

        var json: JSONValue? {
            // What is no JSON is no message.
            try? JSONValue(parsing: data ?? "")
        }
    }

    private var pieces: HTTPClientResponse.Body.AsyncIterator
    private var text = ""

    init(_ response: HTTPClientResponse) { pieces = response.body.makeAsyncIterator() }

    /// The next event; nil at the end.
    @concurrent
    mutating func next() async throws -> Event? {
        while true {
            if let end = text.range(of: "\n\n") {
                let block = text[..<end.lowerBound]
                let event = Self.event(block)
                text = String(text[end.upperBound...])
                return event
            }
            guard let piece = try await pieces.next() else { return nil }
            text += String(buffer: piece)
        }
    }

    /// The next event that carries a message; nil at the end.
    @concurrent
    mutating func message() async throws -> JSONValue? {
        while let event = try await next() {
            if let json = event.json { return json }
        }
        return nil
    }

    /// Everything up to the end.
    @concurrent
    mutating func rest() async throws -> [Event] {
        var events: [Event] = []
        while let event = try await next() { events.append(event) }
        return events
    }

    private static func event(_ block: Substring) -> Event {
        var event = Event()
        for line in block.split(separator: "\n") {
            if line.hasPrefix(":") {
                event.isComment = true
                continue
            }
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            switch parts[0] {
            case "id": event.id = value
            case "event": event.event = value
            case "data": event.data = value
            case "retry": event.retry = Int(value)
            default: break
            }
        }
        return event
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
