internal import JSON
internal import MCP
private import Synchronization

/// The messages of one call, or of one session, on their way to at most one connection.
///
/// open → ended | closed. A stream whose client is gone goes on when it keeps events; the client
/// may come back on another connection, which takes over from the one before.
final class EventStream: Sendable {
    /// What a connection has to do now.
    struct Batch {
        /// How the stream stands after the events.
        enum Phase: Hashable {
            case open
            /// Nothing will follow.
            case ended
            /// The connection is to be closed though the stream goes on.
            case released
            /// Another connection carries the stream.
            case superseded
        }

        var events: [EventLog.Event] = []
        var phase: Phase
    }

    /// How a stream begins.
    enum Beginning: Hashable {
        case nothing
        /// The one answer, and nothing before it.
        case answer(EventLog.Event)
        /// Something that only a stream can carry.
        case stream
    }

    private struct State {
        var log: EventLog
        var listener: (number: Int, bell: Bell)?
        var listenersSeen = 0
        var isReleased = false
        var isEnded = false
        /// Whether nobody will ever listen again.
        var isClosed = false
        var waiters: [CheckedContinuation<Void, Never>] = []

        mutating func attach(_ bell: Bell) -> Int {
            // Whoever listened before finds out that it does not any more.
            listener?.bell.ring()
            listenersSeen += 1
            isReleased = false
            listener = (listenersSeen, bell)
            bell.ring()
            return listenersSeen
        }
    }

    /// The stream's number within its session.
    let index: Int
    private let backlogMax: Int
    private let clock: ProtocolClock
    private let state: Mutex<State>

    init(index: Int, bounds: EventLog.Bounds, backlogMax: Int, clock: ProtocolClock) {
        self.index = index
        self.backlogMax = backlogMax
        self.clock = clock
        state = Mutex(State(log: EventLog(bounds: bounds)))
    }

    /// Adds a message, and returns when there is room for the next.
    func append(_ outgoing: Outgoing) async {
        let text = outgoing.json.serialized()
        let now = clock.uptime()
        state.withLock { state in
            guard !state.isClosed, !state.isEnded else { return }
            state.log.append(
                text, isResponse: outgoing.kind == .response, status: outgoing.httpStatus,
                at: now, isFollowed: state.listener != nil)
            state.listener?.bell.ring()
        }
        guard outgoing.kind != .response else { return }
        await room()
    }

    /// Nothing will be added any more.
    func end() {
        state.withLock { state in
            state.isEnded = true
            state.listener?.bell.ring()
        }
        wakeWaiters()
    }

    /// Forgets everything: nobody will listen.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.isEnded = true
            state.listener?.bell.ring()
        }
        wakeWaiters()
    }

    /// Asks the connection to close; the client comes back for what follows.
    func release() {
        state.withLock { state in
            guard let listener = state.listener else { return }
            state.isReleased = true
            listener.bell.ring()
        }
    }

    // MARK: The connection's side

    /// Takes the stream over, and rings `bell` whenever there is something to do.
    ///
    /// - Returns: the number under which the connection asks for what there is.
    func attach(_ bell: Bell) -> Int {
        state.withLock { $0.attach(bell) }
    }

    /// Takes the stream unless another connection has it.
    func attachIfFree(_ bell: Bell) -> Int? {
        state.withLock { state in
            state.listener == nil ? state.attach(bell) : nil
        }
    }

    /// Takes the stream over from behind an event that the client has seen.
    ///
    /// - Returns: nil when there never was such an event.
    func attach(_ bell: Bell, after number: Int) -> Int? {
        state.withLock { (state) -> Int? in
            guard state.log.resume(after: number) else { return nil }
            return state.attach(bell)
        }
    }

    /// The connection is gone or has no more use for the stream.
    func detach(_ number: Int) {
        state.withLock { state in
            if state.listener?.number == number { state.listener = nil }
        }
        wakeWaiters()
    }

    /// How the stream begins, as far as it can be told now.
    func beginning() -> Beginning {
        state.withLock { state in
            if let event = state.log.firstUnsent {
                return event.isResponse ? .answer(event) : .stream
            }
            return state.isEnded || state.isReleased ? .stream : .nothing
        }
    }

    /// What the connection `number` has to write.
    func take(_ number: Int) -> Batch {
        let now = clock.uptime()
        let batch = state.withLock { state in
            guard state.listener?.number == number else { return Batch(phase: .superseded) }
            let events = state.log.takeUnsent(at: now)
            let phase: Batch.Phase =
                state.isEnded ? .ended : state.isReleased ? .released : .open
            return Batch(events: events, phase: phase)
        }
        wakeWaiters()
        return batch
    }

    // MARK: Housekeeping

    /// Drops what is outdated.
    func trim() {
        let now = clock.uptime()
        state.withLock { $0.log.trim(at: now, isFollowed: $0.listener != nil) }
    }

    /// Whether a connection carries it.
    var hasListener: Bool { state.withLock { $0.listener != nil } }
    /// Whether it has ended and nobody listens.
    var isFinished: Bool { state.withLock { $0.isEnded && $0.listener == nil } }
    /// Whether it has ended and keeps nothing for anybody.
    var isSpent: Bool {
        state.withLock { $0.isEnded && $0.listener == nil && $0.log.events.isEmpty }
    }
    /// The bytes that it keeps.
    var bytes: Int { state.withLock { $0.log.bytes } }

    private func room() async {
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                guard state.listener != nil, !state.isEnded, state.log.unsentCount >= backlogMax
                else { return true }
                state.waiters.append(continuation)
                return false
            }
            if hasRoom { continuation.resume() }
        }
    }

    private func wakeWaiters() {
        let waiters = state.withLock { state in
            guard state.listener == nil || state.isEnded || state.log.unsentCount < backlogMax
            else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
