/// The messages of one stream: those that wait to be sent, and those kept for a client that comes
/// back.
struct EventLog {
    /// A message with its number, from 1.
    struct Event: Hashable {
        let number: Int
        /// JSON text.
        let text: String
        let isResponse: Bool
        /// The HTTP status if it is sent alone.
        let status: Int
        let appendedAt: Duration
    }

    /// How much is kept of what was sent.
    struct Bounds: Hashable {
        /// 0 keeps nothing.
        var count: Int
        /// Beside the newest event.
        var bytes: Int
        var age: Duration
    }

    private let bounds: Bounds
    private(set) var events: [Event] = []
    /// The number of the newest event.
    private(set) var last = 0
    /// The number of the newest event that was handed to a connection.
    private(set) var sent = 0
    private(set) var bytes = 0

    init(bounds: Bounds) { self.bounds = bounds }

    /// How many events wait to be sent.
    var unsentCount: Int { last - max(sent, (events.first?.number ?? last + 1) - 1) }
    /// The oldest event that waits to be sent.
    var firstUnsent: Event? { events.first { $0.number > sent } }

    /// Adds a message.
    ///
    /// - Parameter isFollowed: whether a client is connected, so that everything unsent is kept.
    mutating func append(
        _ text: String, isResponse: Bool = false, status: Int = 200, at now: Duration,
        isFollowed: Bool
    ) {
        last += 1
        events.append(
            Event(
                number: last, text: text, isResponse: isResponse, status: status,
                appendedAt: now))
        bytes += text.utf8.count
        trim(at: now, isFollowed: isFollowed)
    }

    /// What waits to be sent, which counts as sent from now on.
    mutating func takeUnsent(at now: Duration) -> [Event] {
        let unsent = events.filter { $0.number > sent }
        sent = last
        trim(at: now, isFollowed: true)
        return unsent
    }

    /// Goes back to what a client has seen; events that are gone stay gone.
    ///
    /// - Returns: false for an event that never was.
    mutating func resume(after number: Int) -> Bool {
        guard number <= last else { return false }
        sent = number
        return true
    }

    /// Drops what is beyond the bounds.
    mutating func trim(at now: Duration, isFollowed: Bool) {
        var dropped = 0
        while dropped < events.count {
            let event = events[dropped]
            if event.number > sent, isFollowed { break }
            let isNewest = dropped == events.count - 1
            let isSpent = event.number <= sent && bounds.count == 0
            let isOverCount = events.count - dropped > max(1, bounds.count)
            let isOverBytes = !isNewest && bytes > bounds.bytes + newestSize
            guard isSpent || isOverCount || isOverBytes || now - event.appendedAt > bounds.age
            else { break }
            bytes -= event.text.utf8.count
            dropped += 1
        }
        events.removeFirst(dropped)
    }

    private var newestSize: Int { events.last?.text.utf8.count ?? 0 }
}
