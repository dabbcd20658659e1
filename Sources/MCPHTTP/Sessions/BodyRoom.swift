internal import MCP
private import Synchronization

/// Room for the larger bodies that are worked on, for a message in memory is many times its text.
///
/// Whoever finds none waits, in order.
final class BodyRoom: Sendable {
    private struct Waiter {
        let number: Int
        let bytes: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var bytes = 0
        var lastNumber = 0
        var waiters: [Waiter] = []

        /// Takes room if there is some; a body of any size may come in alone.
        mutating func take(_ count: Int, bytesMax: Int) -> Bool {
            guard bytes == 0 || bytes + count <= bytesMax else { return false }
            bytes += count
            return true
        }
    }

    private let limits: HTTPLimits
    private let state = Mutex(State())

    init(limits: HTTPLimits) { self.limits = limits }

    /// How many wait.
    var waiterCount: Int { state.withLock { $0.waiters.count } }

    /// Room for a body, which it takes until the ticket is released; nil when there was none for
    /// ``HTTPLimits/workWaitMax``.
    func place(for bytes: Int, _ clock: ProtocolClock) async -> Ticket? {
        guard bytes > limits.smallBodyBytesMax else { return Ticket {} }
        let isTaken = await withTaskGroup(of: Bool?.self) { group in
            group.addTask { await self.wait(for: bytes) }
            group.addTask { [limits] in
                _ = await clock.pause(limits.workWaitMax)
                return nil
            }
            var isTaken = false
            // Room may come in the moment in which the time is up.
            for await answer in group {
                isTaken = answer ?? isTaken
                group.cancelAll()
            }
            return isTaken
        }
        guard isTaken else { return nil }
        return Ticket { [weak self] in self?.leave(bytes) }
    }

    /// Whether room was taken before the task was cancelled.
    private func wait(for bytes: Int) async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    guard !Task.isCancelled else { return false }
                    if state.waiters.isEmpty, state.take(bytes, bytesMax: limits.workBytesMax) {
                        return true
                    }
                    state.waiters.append(
                        Waiter(number: number, bytes: bytes, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let (waiter, admitted) = state.withLock { state in
                let index = state.waiters.firstIndex { $0.number == number }
                return (index.map { state.waiters.remove(at: $0) }, admit(&state))
            }
            waiter?.continuation.resume(returning: false)
            for waiter in admitted { waiter.continuation.resume(returning: true) }
        }
    }

    private func leave(_ bytes: Int) {
        let admitted = state.withLock { state in
            state.bytes -= bytes
            return admit(&state)
        }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
    }

    /// Those who need not wait any more.
    private func admit(_ state: inout State) -> [Waiter] {
        var admitted: [Waiter] = []
        for waiter in state.waiters {
            guard state.take(waiter.bytes, bytesMax: limits.workBytesMax) else { break }
            admitted.append(waiter)
        }
        state.waiters.removeFirst(admitted.count)
        return admitted
    }
}
