/// The wire form of server-sent events.
enum EventText {
    /// A message; JSON text has no line breaks.
    static func message(_ json: String, id: EventID?) -> String {
        let place = id.map { "id: \($0.text)\n" } ?? ""
        return "event: message\n\(place)data: \(json)\n\n"
    }

    /// An event without data that gives the client a place to come back to.
    static func opening(id: EventID, retry: Duration) -> String {
        "id: \(id.text)\n\(Self.retry(retry))data: \n\n"
    }

    /// Tells the client when to come back, before its connection is closed.
    static func farewell(retry: Duration) -> String { Self.retry(retry) + "\n" }

    /// Keeps a silent connection open; clients ignore it.
    static let comment = ":\n\n"

    private static func retry(_ delay: Duration) -> String {
        let (seconds, attoseconds) = delay.components
        return "retry: \(seconds * 1_000 + attoseconds / 1_000_000_000_000_000)\n"
    }
}
