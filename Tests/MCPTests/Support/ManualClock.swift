import MCP
import Synchronization

/// A clock that stands still until it is moved.
final class ManualClock: Sendable {
    private struct Sleeper {
        let id: Int
        let due: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var uptime = Duration.zero
        var nextID = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())
    private let start = Timestamp(milliseconds: 1_785_000_000_000)

    /// The clock as the protocol takes it.
    var clock: ProtocolClock {
        ProtocolClock(
            now: { self.start.advanced(by: self.uptime) },
            uptime: { self.uptime },
            sleep: { try await self.sleep($0) })
    }

    var uptime: Duration { state.withLock { $0.uptime } }
    /// How many wait.
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// Moves on, and wakes who is due.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.uptime += duration
            let due = state.sleepers.filter { $0.due <= state.uptime }
            state.sleepers.removeAll { $0.due <= state.uptime }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    private func sleep(_ duration: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers.append(
                        Sleeper(id: id, due: state.uptime + duration, continuation: continuation))
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil as Sleeper?
                }
                return state.sleepers.remove(at: index)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
