internal import HummingbirdCore
internal import MCP
internal import NIOCore
private import Synchronization

/// Writes a stream to a connection until either ends.
struct StreamWriter: Sendable {
    let delivery: Delivery
    let connection: Connection
    let limits: HTTPLimits
    let clock: ProtocolClock

    /// The client left before the stream ended.
    struct Gone: Error {}

    /// The stream as the body of a response.
    var body: ResponseBody {
        ResponseBody { writer in
            try await write(to: &writer)
            try await writer.finish(nil)
        }
    }

    @concurrent
    private func write(to writer: inout any ResponseBodyWriter) async throws {
        let pace = PaceKeeper(limits, clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await watch(pace) }
            if delivery.opens {
                try await send(delivery.opening(retry: limits.retryDelay), &writer, pace)
            }
            var rings = delivery.bell.rings.makeAsyncIterator()
            while true {
                let batch = delivery.stream.take(delivery.number)
                if !batch.events.isEmpty {
                    try await send(delivery.text(batch.events), &writer, pace)
                }
                switch batch.phase {
                case .ended, .superseded:
                    return
                case .released:
                    let farewell = EventText.farewell(retry: limits.retryDelay)
                    return try await send(farewell, &writer, pace)
                case .open:
                    if pace.takeComment() { try await send(EventText.comment, &writer, pace) }
                }
                guard await rings.next() != nil else { throw Gone() }
            }
        }
    }

    @concurrent
    private func send(
        _ text: String, _ writer: inout any ResponseBodyWriter, _ pace: PaceKeeper
    ) async throws {
        pace.begin()
        try await writer.write(ByteBuffer(string: text))
        pace.finish()
    }

    private func watch(_ pace: PaceKeeper) async {
        while await clock.pause(pace.wait) {
            switch pace.due {
            case .nothing: break
            case .comment: delivery.bell.ring()
            case .end: return connection.close()
            }
        }
    }
}

/// A ``Pace`` that the writer and its watch share.
private final class PaceKeeper: Sendable {
    private let clock: ProtocolClock
    private let pace: Mutex<Pace>

    init(_ limits: HTTPLimits, _ clock: ProtocolClock) {
        self.clock = clock
        pace = Mutex(
            Pace(
                keepAliveInterval: limits.keepAliveInterval, writeTimeout: limits.writeTimeout,
                now: clock.uptime()))
    }

    var wait: Duration { pace.withLock { $0.wait(at: clock.uptime()) } }
    var due: Pace.Due { pace.withLock { $0.due(at: clock.uptime()) } }
    func begin() { pace.withLock { $0.begin(at: clock.uptime()) } }
    func finish() { pace.withLock { $0.finish(at: clock.uptime()) } }
    func takeComment() -> Bool { pace.withLock { $0.takeComment() } }
}

extension ProtocolClock {
    /// Waits; false when the surrounding task was cancelled meanwhile.
    func pause(_ duration: Duration) async -> Bool {
        do {
            if duration > .zero { try await sleep(duration) }
            return !Task.isCancelled
        } catch {
            return false
        }
    }
}
