private import Synchronization

/// Frames on their way to the one writer: bounded, in order, whole.
final class FrameQueue: Sendable {
    private typealias Waiter = CheckedContinuation<Void, Never>

    private struct State {
        /// The frames that wait, one behind the other.
        var bytes: [UInt8] = []
        var frameCount = 0
        /// Senders that wait for room, each with its frame.
        var senders: [(frame: [UInt8], continuation: Waiter)] = []
        var writer: Waiter?
        var isClosed = false

        mutating func append(_ frame: [UInt8]) {
            bytes += frame
            frameCount += 1
        }

        /// Takes what waits, and lets senders in: those to be resumed.
        mutating func take(framesMax: Int) -> (bytes: [UInt8], senders: [Waiter]) {
            let taken = bytes
            (bytes, frameCount) = ([], 0)
            let admitted = senders.prefix(framesMax)
            senders.removeFirst(admitted.count)
            for sender in admitted { append(sender.frame) }
            return (taken, admitted.map(\.continuation))
        }
    }

    private let framesMax: Int
    private let state = Mutex(State())

    init(framesMax: Int) {
        self.framesMax = max(1, framesMax)
    }

    /// Adds a frame; waits while the queue is full.
    ///
    /// Frames after ``close()`` are dropped.
    func send(_ frame: [UInt8]) async {
        await withCheckedContinuation { continuation in
            let (ready, writer) = state.withLock { state -> (Bool, Waiter?) in
                guard !state.isClosed else { return (true, nil) }
                guard state.frameCount < framesMax else {
                    state.senders.append((frame, continuation))
                    return (false, nil)
                }
                state.append(frame)
                defer { state.writer = nil }
                return (true, state.writer)
            }
            writer?.resume()
            if ready { continuation.resume() }
        }
    }

    /// Everything that waits, as soon as something does; nil when the queue is closed and empty.
    func next() async -> [UInt8]? {
        while true {
            let (taken, isClosed) = state.withLock { state in
                (state.take(framesMax: framesMax), state.isClosed)
            }
            for sender in taken.senders { sender.resume() }
            if !taken.bytes.isEmpty { return taken.bytes }
            if isClosed, taken.senders.isEmpty { return nil }
            await waitForFrames()
        }
    }

    /// Ends the queue: what waits is still written.
    func close() {
        let writer = state.withLock { state in
            state.isClosed = true
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    /// Ends the queue and drops what waits: the output is gone.
    func abandon() {
        let senders = state.withLock { state in
            state.isClosed = true
            (state.bytes, state.frameCount) = ([], 0)
            defer { state.senders = [] }
            return state.senders
        }
        for sender in senders { sender.continuation.resume() }
        close()
    }

    private func waitForFrames() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.bytes.isEmpty, !state.isClosed else { return true }
                state.writer = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}
