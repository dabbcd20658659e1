internal import Synchronization

/// Lets callers that want the same thing at the same time share one fetch.
///
/// The first caller fetches in its own task and the others wait for its result, so nothing runs
/// without an owner and every caller can be cancelled alone. When the first is cancelled, another
/// takes over.
final class SharedFetch<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Outcome = Result<Value, KomodoError>
    private typealias Waiter = CheckedContinuation<Outcome?, Never>

    private struct State {
        var waiters: [Key: [UInt64: Waiter]] = [:]
        var nextID: UInt64 = 0
    }

    /// How often a caller takes up a fetch that others gave up.
    private static var handoversMax: Int { 100 }
    private let state = Mutex(State())

    /// The value of `key`, fetched by this caller or by one who is at it already.
    func value(
        for key: Key, fetch: () async throws(KomodoError) -> Value
    ) async throws(KomodoError) -> Value {
        for _ in 0..<Self.handoversMax {
            if lead(key) {
                let outcome = await Self.outcome(of: fetch)
                finish(key, with: outcome)
                return try outcome.get()
            }
            guard let outcome = await follow(key) else {
                if Task.isCancelled { break }
                continue
            }
            return try outcome.get()
        }
        throw KomodoError(.interrupted, "The call to Komodo was cancelled.")
    }

    private static func outcome(of fetch: () async throws(KomodoError) -> Value) async -> Outcome {
        do throws(KomodoError) { return .success(try await fetch()) } catch {
            return .failure(error)
        }
    }

    private func lead(_ key: Key) -> Bool {
        state.withLock { state in
            guard state.waiters[key] == nil else { return false }
            state.waiters[key] = [:]
            return true
        }
    }

    private func finish(_ key: Key, with outcome: Outcome) {
        let waiters = state.withLock { $0.waiters.removeValue(forKey: key) ?? [:] }
        // A cancelled leader has nothing to say to the others.
        if case .failure(let error) = outcome, error.code == .interrupted {
            for waiter in waiters.values { waiter.resume(returning: nil) }
        } else {
            for waiter in waiters.values { waiter.resume(returning: outcome) }
        }
    }

    /// Waits for the leader's outcome; nil when there is none to be had.
    private func follow(_ key: Key) async -> Outcome? {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let isWaiting = state.withLock { state in
                    guard !Task.isCancelled, state.waiters[key] != nil else { return false }
                    state.waiters[key]?[id] = waiter
                    return true
                }
                if !isWaiting { waiter.resume(returning: nil) }
            }
        } onCancel: {
            state.withLock { $0.waiters[key]?.removeValue(forKey: id) }?.resume(returning: nil)
        }
    }
}
