private import Synchronization

/// What a legacy client is told beside the answers to its requests: updates of resources it
/// subscribed to, changes of lists, and how its tasks go on.
final class LegacyWatches: Sendable {
    private struct State {
        var subscriptions: [String: Subscription] = [:]
        var subscriptionsSeen = 0
        var tasks = 0
        var isEnded = false
    }

    private struct Subscription {
        /// Tells it from an earlier one to the same resource.
        let number: Int
        let end: Signal
    }

    private let limits: ProtocolLimits
    private let state = Mutex(State())
    private let watches: AsyncStream<Watch>
    private let input: AsyncStream<Watch>.Continuation

    init(limits: ProtocolLimits) {
        self.limits = limits
        (watches, input) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(
                limits.subscriptionsMax + limits.watchedTasksMax + ListKind.allCases.count))
    }

    /// Tells the client, until ``end()`` or the cancellation of the surrounding task.
    func run(_ clock: ProtocolClock, _ emit: @escaping Emit) async {
        await withDiscardingTaskGroup { group in
            for await watch in watches {
                group.addTask { await watch.run(clock, emit) }
            }
            group.cancelAll()
        }
    }

    /// Ends every watch; later ones do not begin.
    func end() {
        let subscriptions = state.withLock { state in
            state.isEnded = true
            return Array(state.subscriptions.values)
        }
        for subscription in subscriptions { subscription.end.end() }
        input.finish()
    }

    // MARK: Resources

    /// Watches a resource, unless it is watched already.
    ///
    /// - Returns: false when too many are watched, or the watches have ended.
    func subscribe(to uri: String, _ changes: AsyncStream<Void>) -> Bool {
        let (new, isWatched) = state.withLock { state -> (Subscription?, Bool) in
            guard state.subscriptions[uri] == nil else { return (nil, true) }
            guard state.subscriptions.count < limits.subscriptionsMax, !state.isEnded else {
                return (nil, false)
            }
            state.subscriptionsSeen += 1
            let new = Subscription(number: state.subscriptionsSeen, end: Signal())
            state.subscriptions[uri] = new
            return (new, true)
        }
        guard let new else { return isWatched }
        let updates = Watch.updates(of: uri, changes, every: limits.updateInterval, until: new.end)
        input.yield(
            Watch { [weak self] clock, emit in
                await updates.run(clock, emit)
                // Changes may end by themselves; the client can then subscribe again.
                self?.forget(new, uri)
            })
        return true
    }

    /// Ends the watch of a resource.
    func unsubscribe(from uri: String) {
        state.withLock { $0.subscriptions.removeValue(forKey: uri) }?.end.end()
    }

    private func forget(_ subscription: Subscription, _ uri: String) {
        state.withLock { state in
            guard state.subscriptions[uri]?.number == subscription.number else { return }
            state.subscriptions[uri] = nil
        }
    }

    // MARK: Tasks and lists

    /// Tells how a task goes on; nothing of tasks beyond ``ProtocolLimits/watchedTasksMax``.
    func follow(_ task: Watch) {
        let fits = state.withLock { state in
            guard state.tasks < limits.watchedTasksMax, !state.isEnded else { return false }
            state.tasks += 1
            return true
        }
        guard fits else { return }
        input.yield(
            Watch { [weak self] clock, emit in
                await task.run(clock, emit)
                self?.state.withLock { $0.tasks -= 1 }
            })
    }

    /// Tells of the changes of lists.
    func announce(_ lists: [(ListKind, AsyncStream<Void>)]) {
        for (kind, changes) in lists {
            input.yield(.listChange(kind, changes, every: limits.updateInterval))
        }
    }
}
