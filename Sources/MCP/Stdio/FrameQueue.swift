private import Synchronization

/// Frames on their way to the one writer: bounded, in order, whole.
final class FrameQueue: Sendable {
    private typealias Waiter = CheckedContinuation<Void, Never>

    private struct State {
        let framesMax: Int
        let bytesMax: Int
        /// The frames that wait, one behind the other.
        var bytes: [UInt8] = []
        var frameCount = 0
        /// Senders that wait for room, each with its frame.
        var senders: [(frame: [UInt8], continuation: Waiter)] = []
        var writer: Waiter?
        var isClosed = false

        /// Whether a frame may join those that wait; one of any length may when there are none.
        func hasRoom(for frame: [UInt8]) -> Bool {
            frameCount == 0
                || (frameCount < framesMax && bytes.count + frame.count <= bytesMax)
        }

        mutating func append(_ frame: [UInt8]) {
            bytes += frame
            frameCount += 1
        }

        /// Takes what waits, and lets senders in: those to be resumed.
        mutating func take() -> (bytes: [UInt8], senders: [Waiter]) {
            let taken = bytes
            (bytes, frameCount) = ([], 0)
            var admitted: [Waiter] = []
            for sender in senders {
                guard hasRoom(for: sender.frame) else { break }
                append(sender.frame)
                admitted.append(sender.continuation)
            }
            senders.removeFirst(admitted.count)
            return (taken, admitted)
        }
    }

    private let state: Mutex<State>

    init(framesMax: Int, bytesMax: Int) {
        state = Mutex(State(framesMax: framesMax, bytesMax: bytesMax))
    }

    /// How many senders wait for room.
    var senderCount: Int { state.withLock { $0.senders.count } }

    /// Adds a frame; waits while the queue is full.
    ///
    /// Frames after ``close()`` are dropped.
    func send(_ frame: [UInt8]) async {
        await withCheckedContinuation { continuation in
            let (ready, writer) = state.withLock { state -> (Bool, Waiter?) in
                guard !state.isClosed else { return (true, nil) }
                // Nobody overtakes a longer frame that waits.
                guard state.senders.isEmpty, state.hasRoom(for: frame) else {
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
                (state.take(), state.isClosed)
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
