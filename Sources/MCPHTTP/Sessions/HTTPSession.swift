internal import MCP
private import Synchronization

/// A legacy session with its streams.
final class HTTPSession: Sendable {
    private struct State {
        var streams: [Int: EventStream] = [:]
        var nextIndex = 1
        var usedAt: Duration
        /// Streams of the session that a client listens to.
        var visitors = 0
    }

    /// Unguessable, and visible ASCII.
    let id: String
    let session: Session
    let holder: Holder
    /// The stream of what belongs to no request.
    let standalone: EventStream
    private let limits: HTTPLimits
    private let clock: ProtocolClock
    private let state: Mutex<State>

    private static let idLength = 43

    init(_ session: Session, _ holder: Holder, limits: HTTPLimits) {
        id = RandomText.make(count: Self.idLength)
        self.session = session
        self.holder = holder
        self.limits = limits
        clock = session.definition.clock
        standalone = EventStream(
            index: 0, bounds: limits.replayBounds, backlogMax: limits.backlogMax, clock: clock)
        state = Mutex(State(usedAt: clock.uptime()))
    }

    /// Whether streams begin with an event that a client can come back to.
    var isResumable: Bool { (session.revision ?? .november2024) >= .november2025 }

    /// A stream for a call.
    func openStream() -> EventStream {
        let stream = state.withLock { state in
            let stream = EventStream(
                index: state.nextIndex, bounds: limits.replayBounds,
                backlogMax: limits.backlogMax, clock: clock)
            state.nextIndex += 1
            state.streams[stream.index] = stream
            return stream
        }
        trim()
        return stream
    }

    /// The stream of that number, if it is still kept.
    func stream(_ index: Int) -> EventStream? {
        index == 0 ? standalone : state.withLock { $0.streams[index] }
    }

    /// Forgets a stream that nobody can come back to.
    func drop(_ stream: EventStream) {
        state.withLock { state in
            if stream.index > 0 { state.streams[stream.index] = nil }
        }
    }

    /// Notes that the client showed itself.
    func touch() {
        let now = clock.uptime()
        state.withLock { $0.usedAt = now }
    }

    /// Notes that a client listens to a stream.
    func enter() { state.withLock { $0.visitors += 1 } }

    /// Notes that it does not any more.
    func leave() {
        let now = clock.uptime()
        state.withLock { state in
            state.visitors -= 1
            state.usedAt = now
        }
    }

    /// How long nobody used it; nil while a call or a stream does.
    var unusedFor: Duration? {
        guard session.inFlightCount == 0 else { return nil }
        let now = clock.uptime()
        return state.withLock { $0.visitors == 0 ? now - $0.usedAt : nil }
    }

    /// Drops outdated events, and finished streams beyond the bounds.
    func trim() {
        standalone.trim()
        let streams = state.withLock { Array($0.streams.values) }
        for stream in streams { stream.trim() }
        let spent = streams.filter(\.isSpent)
        let finished = streams.filter { $0.isFinished && !$0.isSpent }
        let excess = Self.excess(of: finished, limits)
        state.withLock { state in
            for stream in spent + excess { state.streams[stream.index] = nil }
        }
    }

    /// Cancels everything.
    func end() {
        session.abandon()
        standalone.close()
        for stream in state.withLock({ Array($0.streams.values) }) { stream.end() }
    }

    /// The oldest finished streams beyond the bounds; the newest is kept whatever its size.
    private static func excess(of finished: [EventStream], _ limits: HTTPLimits) -> [EventStream] {
        let newestFirst = finished.sorted { $0.index > $1.index }
        var bytes = 0
        var kept = 0
        for stream in newestFirst {
            bytes += stream.bytes
            guard kept == 0 || (kept < limits.replayStreamsMax && bytes <= limits.replayBytesMax)
            else { break }
            kept += 1
        }
        return Array(newestFirst.dropFirst(kept))
    }
}

extension HTTPLimits {
    /// How much a resumable stream keeps.
    var replayBounds: EventLog.Bounds {
        EventLog.Bounds(count: replayEventsMax, bytes: replayBytesMax, age: replayAge)
    }
}
