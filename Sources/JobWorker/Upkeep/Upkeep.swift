package import JobStore
internal import Jobs
package import Logging
private import Synchronization

/// Keeps the database searchable and small while a worker runs, in short steps between which
/// others get the write lock.
///
/// Whichever of a database's workers comes first does it, under a file lock. Each step finds out
/// what is left to do from the database, so that it may be cut off at any moment.
package final class Upkeep: Sendable {
    private let store: SQLiteJobStore
    private let retention: Retention
    private let logger: Logger
    private let schedule: Mutex<Schedule>

    private struct Schedule {
        /// In milliseconds since boot.
        var restsUntil: Int64
        var prunesAt: Int64
    }

    /// The pause after a step: those who wait for the write lock ask for it each 300 µs.
    private static let pause: Duration = .milliseconds(20)
    /// The pause after a step that failed.
    private static let failurePause: Duration = .seconds(60)
    /// From the start to the first look at what is too old, and from one look to the next.
    private static let firstPruning: Duration = .seconds(30)
    private static let pruningInterval: Duration = .seconds(3_600)
    /// The file shrinks when this part of it is free; less is filled again soon.
    private static let freePartMax = 8

    /// - Parameter retention: what this worker removes; nothing else of the database is touched.
    package init(_ store: SQLiteJobStore, retention: Retention = Retention(), logger: Logger) {
        self.store = store
        self.retention = retention
        self.logger = logger
        let now = store.clock.sinceBoot()
        schedule = Mutex(
            Schedule(restsUntil: now, prunesAt: now + Self.firstPruning.inMilliseconds))
    }

    /// Does what there is to do; costs no more than a look when there is nothing.
    ///
    /// - Throws: what `sleep` throws, between two steps.
    package func run(sleep: (Duration) async throws -> Void) async throws {
        guard schedule.withLock({ $0.restsUntil <= store.clock.sinceBoot() }) else { return }
        // Without a lock, whose folder is about to be made again, the next tick will do.
        guard case .acquired(let lock) = FileLock.attempt(store.folder.upkeepLock, creates: true)
        else { return }
        defer { withExtendedLifetime(lock) {} }
        do {
            repeat {
                // First, for what is too old need not be indexed.
                if isPruningDue() {
                    try await prune(sleep)
                    try await shrink(sleep)
                }
                guard try await store.indexLogs() else { return }
                try await sleep(Self.pause)
            } while true
        } catch let error as StoreError {
            rest(error)
        }
    }

    private func isPruningDue() -> Bool {
        let now = store.clock.sinceBoot()
        return schedule.withLock { schedule in
            guard schedule.prunesAt <= now else { return false }
            schedule.prunesAt = now + Self.pruningInterval.inMilliseconds
            return true
        }
    }

    private func prune(_ sleep: (Duration) async throws -> Void) async throws {
        guard let rule = retention.rule(at: store.clock.now()) else { return }
        var removed = PruneCounts()
        var place: PrunePlace?
        repeat {
            let step = try await store.prune(rule, from: place)
            removed += step.removed
            place = step.next
            if place != nil { try await sleep(Self.pause) }
        } while place != nil
        guard !removed.isEmpty else { return }
        logger.notice(
            "Removed what is older than is kept",
            metadata: [
                LogKey.count: "\(removed.jobs)", LogKey.logCount: "\(removed.logs)",
            ])
    }

    private func shrink(_ sleep: (Duration) async throws -> Void) async throws {
        let room = try await store.room()
        guard room.freePages > room.pages / Self.freePartMax else { return }
        // Half of it stays, for what comes next.
        let kept = room.pages / Self.freePartMax / 2
        while try await store.shrink(to: kept) { try await sleep(Self.pause) }
    }

    private func rest(_ error: StoreError) {
        schedule.withLock {
            $0.restsUntil = store.clock.sinceBoot() + Self.failurePause.inMilliseconds
        }
        logger.warning(
            "Logs could not be indexed or old jobs removed; trying again in a minute",
            metadata: [LogKey.errorMessage: "\(error.message)"])
    }
}
