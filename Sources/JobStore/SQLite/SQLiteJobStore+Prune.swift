internal import GRDB
internal import Jobs

extension SQLiteJobStore {
    /// How long a key outlives its job's removal.
    package static let keyAfterlife: Duration = .seconds(30 * 86_400)

    package func prune(
        _ rule: PruneRule, from place: PrunePlace?
    ) async throws(StoreError) -> PruneStep {
        let (clock, now) = (clock, clock.now())
        // Nothing is written, and nobody waits, where there is nothing to remove.
        let look = try await look(rule, from: place, now)
        guard look.hasWork else { return look.stepWithoutWork }
        return try await step { db in
            var pruning = Pruning(db: db, rule: rule, now: now)
            guard !look.candidates.isEmpty else {
                let isMore = try pruning.removeKeys()
                return PruneStep(removed: pruning.removed, next: isMore ? look.place : nil)
            }
            let last = try pruning.remove(look.candidates, look.place.part, LockShare(clock))
            return PruneStep(removed: pruning.removed, next: look.place.after(last))
        }
    }

    package func prunable(
        _ rule: PruneRule, from place: PrunePlace?
    ) async throws(StoreError) -> PruneStep {
        let look = try await look(rule, from: place, clock.now())
        guard !look.candidates.isEmpty else { return PruneStep() }
        let now = clock.now()
        return try await read { db in
            let pruning = Pruning(db: db, rule: rule, now: now)
            var step = PruneStep(next: look.place.after(look.candidates.last))
            for candidate in look.candidates where candidate.goes {
                guard try look.place.part == .logs || pruning.mayGo(candidate.job) else { continue }
                step.removed += try pruning.count(candidate, look.place.part)
            }
            return step
        }
    }

    /// What a step has before it.
    private struct Look: Sendable {
        let candidates: [Pruning.Candidate]
        let place: PrunePlace
        let hasKeys: Bool

        var hasWork: Bool { candidates.contains(where: \.goes) || hasKeys }

        /// The step past candidates that all stay.
        var stepWithoutWork: PruneStep {
            PruneStep(next: candidates.last.map { place.after($0) })
        }
    }

    private func look(
        _ rule: PruneRule, from place: PrunePlace?, _ now: Timestamp
    ) async throws(StoreError) -> Look {
        try await read { db in
            let pruning = Pruning(db: db, rule: rule, now: now)
            var next = try place ?? pruning.beginning()
            let candidates = try pruning.candidates(after: &next)
            let hasKeys = try candidates.isEmpty && pruning.hasKeys()
            return Look(candidates: candidates, place: next, hasKeys: hasKeys)
        }
    }
}
