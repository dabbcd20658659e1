private import Synchronization

/// Frames on their way to the one writer: bounded, in order, whole.
final class FrameQueue: Sendable {
    private typealias Writer = CheckedContinuation<Void, Never>

    private struct State {
        var frames: [[UInt8]] = []
        /// Senders that wait for room, each with its frame.
        var senders: [(frame: [UInt8], CheckedContinuation<Void, Never>)] = []
        var writer: Writer?
        var isClosed = false
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
            let (ready, writer) = state.withLock { state -> (Bool, Writer?) in
                guard !state.isClosed else { return (true, nil) }
                guard state.frames.count < framesMax else {
                    state.senders.append((frame, continuation))
                    return (false, nil)
                }
                state.frames.append(frame)
                defer { state.writer = nil }
                return (true, state.writer)
            }
            writer?.resume()
            if ready { continuation.resume() }
        }
    }

    /// Everything that waits, as soon as something does; nil when the queue is closed and empty.
    func next() async -> [[UInt8]]? {
        while true {
            let (frames, senders, isClosed) = state.withLock { state in
                let frames = state.frames
                let admitted = state.senders.prefix(framesMax)
                state.frames = admitted.map(\.frame)
                state.senders.removeFirst(admitted.count)
                return (frames, admitted.map(\.1), state.isClosed)
            }
            for sender in senders { sender.resume() }
            if !frames.isEmpty { return frames }
            if isClosed, senders.isEmpty { return nil }
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
            state.frames = []
            defer { state.senders = [] }
            return state.senders
        }
        for sender in senders { sender.1.resume() }
        close()
    }

    private func waitForFrames() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.frames.isEmpty, !state.isClosed else { return true }
                state.writer = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}
