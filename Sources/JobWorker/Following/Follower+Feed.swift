private import JobStore
internal import Jobs
internal import KomodoClient
private import Logging
private import Synchronization

extension Follower {
    /// How often it is looked for readers of growing logs while polls are rare.
    private static let readersInterval: Duration = .seconds(1)

    /// Hears what Komodo tells while that is wanted, until it is cancelled.
    func listen() async {
        for await isWanted in feedWishes {
            guard isWanted, let feed = context.komodo.updateFeed else { continue }
            await withDiscardingTaskGroup { group in
                group.addTask { await feed.run { self.hear($0) } }
                for await isWanted in feedWishes where !isWanted { break }
                group.cancelAll()
            }
            let now = context.clock.sinceBoot()
            book.withLock { $0.feedLost(at: now) }
            wakeUp.call()
        }
    }

    /// Says whether it is worth while to be told of updates now.
    func decideFeed() {
        let now = context.clock.sinceBoot()
        let isWorthwhile = book.withLock { $0.isWorthAFeed(at: now) }
        let hasFeed = context.komodo.updateFeed != nil
        let change = feedState.withLock { state -> Bool? in
            let isWanted = state.wish.decide(isWorthwhile && hasFeed, at: now) && hasFeed
            guard isWanted != state.isWanted else { return nil }
            state.isWanted = isWanted
            return isWanted
        }
        if let change { feedWisher.yield(change) }
    }

    /// Polls jobs at their pace whose logs somebody has begun to read.
    func lookForReaders() async throws {
        let now = context.clock.sinceBoot()
        let interval = (Self.readersInterval * context.policy.pollScale).inMilliseconds
        let isDue = book.withLock { $0.feed.isTrusted && $0.hasGrowingLogs }
        let mayLook = feedState.withLock { state in
            guard isDue, now - state.readersSoughtAt >= interval else { return false }
            state.readersSoughtAt = now
            return true
        }
        guard mayLook else { return }
        let watched = try await context.store.logsWatched(context.worker.id)
        book.withLock { $0.watch(watched, at: now) }
    }

    private func hear(_ news: FeedNews) {
        defer { wakeUp.call() }
        let now = context.clock.sinceBoot()
        switch news {
        case .told(let hint): book.withLock { $0.told(hint, at: now) }
        case .opened:
            book.withLock { $0.feedOpened(at: now) }
            guard turn(isLost: false) else { return }
            context.logger.notice("Komodo's websocket is heard again")
        case .lost(let error):
            book.withLock { $0.feedLost(at: now) }
            guard turn(isLost: true) else { return }
            context.logger.notice(
                "Komodo's websocket cannot be heard; running jobs are polled more often",
                metadata: [LogKey.errorMessage: "\(error.message)"])
        }
    }

    /// Notes that the feed is lost or not, and answers whether that is news.
    private func turn(isLost: Bool) -> Bool {
        feedState.withLock { state in
            defer { state.isLost = isLost }
            return state.isLost != isLost
        }
    }
}
