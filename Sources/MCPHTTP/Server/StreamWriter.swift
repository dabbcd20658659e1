internal import HummingbirdCore
internal import MCP
internal import NIOCore
private import Synchronization

/// Writes a stream to a connection until either ends.
struct StreamWriter: Sendable {
    let delivery: Delivery
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
        try await writer.write(ByteBuffer(string: text))
        pace.wrote()
    }

    private func watch(_ pace: PaceKeeper) async {
        while await clock.pause(pace.wait) {
            if pace.isCommentDue { delivery.bell.ring() }
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
            Pace(keepAliveInterval: limits.keepAliveInterval, now: clock.uptime()))
    }

    var wait: Duration { pace.withLock { $0.wait(at: clock.uptime()) } }
    var isCommentDue: Bool { pace.withLock { $0.isCommentDue(at: clock.uptime()) } }
    func wrote() { pace.withLock { $0.wrote(at: clock.uptime()) } }
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
