internal import JobStore

/// Removes finished jobs step by step, between which others get the write lock.
struct Pruner: Sendable {
    let store: SQLiteJobStore
    let rule: PruneRule

    /// Those who wait for the write lock ask for it each 300 µs.
    private static let pause: Duration = .milliseconds(2)
    private let clock = ContinuousClock()

    init(store: SQLiteJobStore, rule: PruneRule) {
        self.store = store
        self.rule = rule
    }

    /// How much would be removed.
    func count() async throws -> PruneCounts {
        try await sum { place in try await store.prunable(rule, from: place) }
    }

    /// Removes it.
    ///
    /// - Throws: also between two steps, when the task is cancelled; what is removed by then stays
    ///   removed.
    func run() async throws -> PruneCounts {
        try await sum { place in
            let step = try await store.prune(rule, from: place)
            try await clock.sleep(for: Self.pause)
            return step
        }
    }

    /// Gives all free pages back to the file system.
    ///
    /// - Returns: whether the file can shrink; those of older versions cannot.
    func shrink() async throws -> Bool {
        guard try await store.room().canShrink else { return false }
        while try await store.shrink() { try await clock.sleep(for: Self.pause) }
        // Only then does the file itself get shorter; where others are at it, they do it.
        _ = try store.checkpointer.checkpoint(persistently: true)
        return true
    }

    private func sum(_ step: (PrunePlace?) async throws -> PruneStep) async throws -> PruneCounts {
        var counts = PruneCounts()
        var place: PrunePlace?
        repeat {
            let done = try await step(place)
            counts += done.removed
            place = done.next
        } while place != nil
        return counts
    }
}
