private import JSON
internal import JobStore
internal import Jobs
internal import KomodoClient
private import Logging
private import Synchronization

/// Follows accepted jobs to their end, a hundred with each request.
final class Follower: Sendable {
    private let context: WorkerContext
    private let book = Mutex(FollowBook())
    private let conclusion: Conclusion

    /// What comes of a followed job.
    enum Result: Sendable {
        /// It has to be verified before it ends.
        case verify(JobRecord)
        /// It is pending again, or over.
        case released(JobRecord)
    }

    /// Conclusions under way at a time.
    private static let conclusionsMax = 8

    init(_ context: WorkerContext) {
        self.context = context
        conclusion = Conclusion(context: context)
    }

    /// Starts to follow a job.
    func add(_ job: JobRecord) {
        let now = context.clock.sinceBoot()
        book.withLock { $0.add(job, at: now, scale: context.policy.pollScale) }
    }

    /// Looks at a job soon.
    func hasten(_ row: Int64) {
        let now = context.clock.sinceBoot()
        book.withLock { $0.hasten(row, at: now) }
    }

    var count: Int { book.withLock { $0.entries.count } }

    /// When it should run next, on the clock since boot.
    func nextDue() -> Int64? { book.withLock { $0.nextDue() } }

    /// One round: ends what is overdue, then looks at what is due.
    func round() async throws -> [Result] {
        try await endOverdue()
        let now = context.clock.sinceBoot()
        let batch = book.withLock { $0.batch(at: now, max: updatesPerPollMax) }
        var results: [Result] = []
        for job in book.withLock({ $0.withoutUpdate(at: now) }) {
            if let result = try await lookForUpdate(of: job) { results.append(result) }
        }
        return results + (try await poll(batch))
    }

    private func endOverdue() async throws {
        let now = context.clock.now()
        let overdue = book.withLock { book in
            book.entries.values.map(\.job).filter { job in
                !job.state.isTerminal && job.deadlineAt.map { $0 <= now } ?? false
            }
        }
        for job in overdue {
            guard let lease = job.lease else { continue }
            switch try await context.store.advance(lease, by: .deadlinePassed, Findings()) {
            case .applied(let next):
                context.logEnd(next)
                keep(next)
            case .noted(let next), .ignored(let next): keep(next)
            case .leaseLost: book.withLock { $0.remove(job.row) }
            }
        }
    }

    /// Keeps following what still has an owner.
    private func keep(_ job: JobRecord) {
        book.withLock { book in
            if job.leaseOwner == nil { book.remove(job.row) } else { book.update(job) }
        }
    }

    private func poll(_ batch: [JobRecord]) async throws -> [Result] {
        guard !batch.isEmpty else { return [] }
        let updates: [UpdateSummary]
        do throws(KomodoError) {
            updates = try await context.komodo.updates(batch.compactMap { $0.remote?.updateID })
        } catch {
            try await failed(batch, error)
            return []
        }
        let now = context.clock.sinceBoot()
        book.withLock { $0.polled(batch.map(\.row), at: now) }
        try await saveWatermarks(updates)
        let byID = Dictionary(
            updates.compactMap { update in update.id.map { ($0, update) } },
            uniquingKeysWith: { first, _ in first })
        let over = try await sort(batch, byID)
        try await fetchWatchedLogs(batch, besides: over)
        // Last, because what a conclusion hands on must not be lost to a later error.
        return try await conclude(over)
    }

    /// Notes progress and answers the jobs whose end has to be read.
    private func sort(
        _ batch: [JobRecord], _ updates: [String: UpdateSummary]
    ) async throws -> [JobRecord] {
        var over: [JobRecord] = []
        for job in batch {
            guard let id = job.remote?.updateID, let update = updates[id] else {
                // It cannot be listed any more; reading it alone tells why.
                over.append(job)
                continue
            }
            switch update.status {
            case .complete: over.append(job)
            case .queued, .inProgress, .other: try await noteProgress(job)
            }
        }
        return over
    }

    /// Stores the growing logs that somebody reads.
    private func fetchWatchedLogs(_ batch: [JobRecord], besides over: [JobRecord]) async throws {
        let ended = Set(over.map(\.row))
        let growing = batch.filter { $0.operation.spec.logsGrow && !ended.contains($0.row) }
        guard !growing.isEmpty else { return }
        let watched = try await context.store.logsWatched(context.worker.id)
        for job in growing where watched.contains(job.row) {
            try await conclusion.saveLogsSoFar(of: job)
        }
    }

    private func noteProgress(_ job: JobRecord) async throws {
        guard job.state == .running(.accepted) || job.state == .running(.unreachable),
            let lease = job.lease
        else { return }
        switch try await context.store.advance(lease, by: .progressed, Findings()) {
        case .applied(let next), .noted(let next), .ignored(let next): keep(next)
        case .leaseLost: book.withLock { $0.remove(job.row) }
        }
    }

    private func conclude(_ jobs: [JobRecord]) async throws -> [Result] {
        var results: [Result] = []
        var waiting = jobs[...]
        while !waiting.isEmpty {
            let group = waiting.prefix(Self.conclusionsMax)
            waiting = waiting.dropFirst(Self.conclusionsMax)
            results += try await withThrowingTaskGroup(of: Result?.self) { tasks in
                for job in group { tasks.addTask { try await self.concludeOne(job) } }
                return try await tasks.reduce(into: [Result]()) {
                    if let one = $1 { $0.append(one) }
                }
            }
        }
        return results
    }

    private func concludeOne(_ job: JobRecord) async throws -> Result? {
        await context.hooks.reached(.concluding, job)
        let concluded: Conclusion.Result
        do {
            concluded = try await conclusion.conclude(job)
        } catch let error as StoreError {
            // The job stays in the book, so the next round tries again.
            context.logger.error(
                "An ended operation could not be written down; trying again",
                metadata: [LogKey.jobID: "\(job.id)", LogKey.errorMessage: "\(error.message)"])
            return nil
        }
        switch concluded {
        case .later: return nil
        case .lost:
            book.withLock { $0.remove(job.row) }
            return nil
        case .over(let next):
            book.withLock { $0.remove(job.row) }
            return next.state == .running(.verifying) ? .verify(next) : .released(next)
        }
    }

    private func failed(_ batch: [JobRecord], _ error: KomodoError) async throws {
        let now = context.clock.sinceBoot()
        let wait: Duration? =
            switch error.code {
            case .throttled(let wait): wait
            case .budgetExhausted(let wait): wait
            case .notFound, .forbidden, .unauthorized, .unreachable, .malformed, .invalid,
                .serverFault, .interrupted:
                nil
            }
        let isUnreachable = book.withLock {
            $0.failed(at: now, wait: wait, scale: context.policy.pollScale)
        }
        context.logger.debug(
            "Cannot follow jobs for now",
            metadata: [
                LogKey.count: "\(batch.count)", LogKey.errorMessage: "\(error.message)",
            ])
        guard isUnreachable else { return }
        for job in batch {
            guard job.state == .running(.accepted) || job.state == .running(.inProgress),
                let lease = job.lease
            else { continue }
            if case .applied(let next) = try await context.store.advance(
                lease, by: .becameUnreachable, Findings())
            {
                keep(next)
            }
        }
    }

    /// Looks for the update that a deploy-if-changed may have started.
    private func lookForUpdate(of job: JobRecord) async throws -> Result? {
        guard let lease = job.lease else { return nil }
        let now = context.clock.sinceBoot()
        do throws(KomodoError) {
            let found = try await conclusion.updateStarted(by: job)
            if let found, try await conclusion.follow(found, job, lease) {
                if let next = await conclusion.reload(job) { keep(next) }
                book.withLock { $0.hasten(job.row, at: now) }
                return nil
            }
            book.withLock { $0.polled([job.row], at: now) }
            guard let accepted = job.acceptedAt,
                context.clock.now() - accepted >= context.policy.quietTime,
                try await !context.komodo.isBusy(job.target)
            else { return nil }
        } catch {
            guard error.code == .notFound || error.code == .forbidden else {
                try await failed([job], error)
                return nil
            }
            return release(job, try await conclusion.concludeUnreadable(job, error.jobError))
        }
        return release(job, try await conclusion.concludeUnchanged(job, lease))
    }

    private func release(_ job: JobRecord, _ end: Conclusion.Result) -> Result? {
        switch end {
        case .over(let next):
            book.withLock { $0.remove(job.row) }
            return .released(next)
        case .later: return nil
        case .lost:
            book.withLock { $0.remove(job.row) }
            return nil
        }
    }

    private func saveWatermarks(_ updates: [UpdateSummary]) async throws {
        let marks = updates.filter { $0.status == .complete }.map {
            Watermark(
                targetType: $0.targetType, targetID: $0.targetID, operation: $0.operation,
                startedAt: $0.startedAt)
        }
        try await context.store.saveWatermarks(marks, instance: context.worker.instance)
    }
}
