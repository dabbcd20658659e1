internal import MCP

/// A stream on its way to one connection.
struct Delivery: Sendable {
    let stream: EventStream
    let bell: Bell
    /// The connection's number with the stream.
    let number: Int
    /// Whether events carry ids, so that the client can come back.
    let isResumable: Bool
    /// Whether the stream begins with an event of its own.
    let opens: Bool
    /// Called once when the connection has no more to do with the stream.
    let leave: @Sendable () -> Void

    /// The events as they are written.
    func text(_ events: [EventLog.Event]) -> String {
        events.map { event in
            EventText.message(event.text, id: isResumable ? id(event.number) : nil)
        }.joined()
    }

    /// The event that opens the stream.
    func opening(retry: Duration) -> String { EventText.opening(id: id(0), retry: retry) }

    private func id(_ number: Int) -> EventID { EventID(stream: stream.index, number: number) }
}
