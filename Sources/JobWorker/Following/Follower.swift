internal import JobStore
internal import Jobs
internal import KomodoClient
private import Logging
internal import Synchronization

/// Follows accepted jobs to their end, a hundred with each request.
///
/// What concerns a single job, such as reading its end, is done beside the polls, so that one slow
/// answer holds up nobody else.
final class Follower: Sendable {
    let context: WorkerContext
    let book: Mutex<FollowBook>
    let feedState: Mutex<FeedState>
    /// Called when the book has something to do earlier than it had.
    let wakeUp = WakeUp()
    /// Whether the worker wants to be told of updates, whenever that changes; one consumer.
    let feedWishes: AsyncStream<Bool>
    let feedWisher: AsyncStream<Bool>.Continuation

    /// What is known about the feed besides what the book needs.
    struct FeedState: Sendable {
        var wish: FeedWish
        var isWanted = false
        var isLost = false
        var readersSoughtAt: Int64 = 0
    }

    init(_ context: WorkerContext) {
        self.context = context
        book = Mutex(FollowBook(scale: context.policy.pollScale))
        feedState = Mutex(FeedState(wish: FeedWish(scale: context.policy.pollScale)))
        (feedWishes, feedWisher) = AsyncStream.makeStream(
            of: Bool.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Starts to follow a job.
    func add(_ job: JobRecord) {
        let now = context.clock.sinceBoot()
        let endsAt = context.deadline(of: job)
        book.withLock { $0.add(job, at: now, endsAt: endsAt) }
        wakeUp.call()
    }

    /// Looks at a job soon.
    func hasten(_ row: Int64) {
        let now = context.clock.sinceBoot()
        book.withLock { $0.hasten(row, at: now) }
        wakeUp.call()
    }

    /// Follows until it is cancelled.
    ///
    /// - Parameter handOver: gets each job that is followed no longer, as it is then.
    /// - Throws: when the database cannot be used any more.
    func run(handOver: @escaping @Sendable (JobRecord) -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { errands in
            var backoff = WorkerPolicy.storeBackoff
            // An errand that fails for good ends the others and this loop.
            while !errands.isCancelled {
                try await wakeUp.wait(atMost: pause(), context.sleep)
                decideFeed()
                do {
                    try await lookForReaders()
                    try await round()
                    backoff = WorkerPolicy.storeBackoff
                } catch let error as StoreError {
                    guard error.remedy != .end else { throw error }
                    context.logger.error(
                        "Followed jobs cannot be written down for now",
                        metadata: [LogKey.errorMessage: "\(error.message)"])
                    try await context.sleep(backoff.next())
                }
                while let next = beginErrand() {
                    errands.addTask { try await self.runErrands(from: next, handOver) }
                }
            }
        }
    }

    private static let pauseMin: Duration = .milliseconds(10)
    /// For what shows in time alone, such as that a feed has become worth while.
    private static let pauseMax: Duration = .seconds(1)

    /// The pause until the next job is due; nil while nothing is followed or heard.
    private func pause() -> Duration? {
        let (due, isEmpty) = book.withLock { ($0.nextDue(), $0.entries.isEmpty) }
        if isEmpty, !feedState.withLock(\.isWanted) { return nil }
        let pauseMax = Self.pauseMax * context.policy.pollScale
        guard let due else { return pauseMax }
        let wait = Duration.milliseconds(due - context.clock.sinceBoot())
        return min(max(wait, Self.pauseMin), pauseMax)
    }

    /// One round: ends what is overdue, then looks at what is due.
    private func round() async throws {
        let now = context.clock.sinceBoot()
        for job in book.withLock({ $0.overdue(at: now) }) {
            try await write(.deadlinePassed, job)
        }
        let batch = book.withLock { book in
            for job in book.withoutUpdate(at: now) { book.assign(.search, job) }
            return book.batch(at: now, max: updatesPerPollMax)
        }
        if !batch.isEmpty { try await poll(batch) }
    }

    private func poll(_ batch: [JobRecord]) async throws {
        let asked = context.clock.sinceBoot()
        let updates: [RemoteRun: UpdateSummary]
        do throws(KomodoError) {
            updates = try await context.komodo.updates(of: batch.compactMap(\.run))
        } catch {
            try await failed(batch, error)
            return
        }
        let now = context.clock.sinceBoot()
        let ended = batch.filter { job in
            job.run.flatMap { updates[$0] }?.status == .complete
        }
        book.withLock { book in
            book.foundOver(ended.map(\.row), since: asked, at: now)
            book.polled(batch.map(\.row), since: asked, at: now)
        }
        try await saveWatermarks(updates.values)
        let growing = try await sort(batch, updates)
        try await fetchWatchedLogs(of: growing)
    }

    /// Has the end of what is over read, notes progress, and answers what goes on.
    private func sort(
        _ batch: [JobRecord], _ updates: [RemoteRun: UpdateSummary]
    ) async throws -> [JobRecord] {
        // What cannot be listed any more is read alone, which tells why.
        let over = batch.filter { job in
            let status = job.run.flatMap { updates[$0] }?.status
            return status == nil || status == .complete
        }
        book.withLock { book in
            for job in over { book.assign(.conclusion, job) }
        }
        let rows = Set(over.map(\.row))
        let running = batch.filter { !rows.contains($0.row) }
        for job in running
        where job.state == .running(.accepted) || job.state == .running(.unreachable) {
            try await write(.progressed, job)
        }
        return running
    }

    /// Has the growing logs fetched that somebody reads.
    private func fetchWatchedLogs(of running: [JobRecord]) async throws {
        let growing = running.filter(\.operation.spec.logsGrow)
        guard !growing.isEmpty else { return }
        let watched = try await context.store.logsWatched(context.worker.id)
        let now = context.clock.sinceBoot()
        book.withLock { book in
            book.watch(watched, at: now)
            for job in growing where watched.contains(job.row) { book.assign(.log, job) }
        }
    }

    /// Komodo could not be asked about these jobs.
    func failed(_ batch: [JobRecord], _ error: KomodoError) async throws {
        let now = context.clock.sinceBoot()
        let wait: Duration? =
            switch error.code {
            case .throttled(let wait): wait
            case .budgetExhausted(let wait): wait
            case .notFound, .forbidden, .unauthorized, .unreachable, .timedOut, .malformed,
                .invalid, .unsupported, .serverFault, .interrupted:
                nil
            }
        let isUnreachable = book.withLock { $0.failed(at: now, wait: wait) }
        context.logger.debug(
            "Cannot follow jobs for now",
            metadata: [
                LogKey.count: "\(batch.count)", LogKey.errorMessage: "\(error.message)",
            ])
        guard isUnreachable else { return }
        for job in batch
        where job.state == .running(.accepted) || job.state == .running(.inProgress) {
            try await write(.becameUnreachable, job)
        }
    }

    private func saveWatermarks(_ updates: some Sequence<UpdateSummary>) async throws {
        let marks = updates.filter { $0.status == .complete }.map {
            Watermark(
                targetType: $0.targetType, targetID: $0.targetID, operation: $0.operation,
                startedAt: $0.startedAt)
        }
        try await context.store.saveWatermarks(marks, instance: context.worker.instance)
    }

    // MARK: Single jobs

    /// Writes down what happened to one job; if its row refuses that, the others go on.
    private func write(_ event: JobEvent, _ job: JobRecord) async throws {
        guard let lease = job.lease else { return }
        do throws(StoreError) {
            switch try await context.store.advance(lease, by: event, Findings()) {
            case .applied(let next):
                if next.state.isTerminal { context.logEnd(next) }
                keep(next)
            case .noted(let next), .ignored(let next): keep(next)
            case .leaseLost: book.withLock { $0.remove(job) }
            }
        } catch {
            guard error.remedy == .leave else { throw error }
            rest(job, error)
        }
    }

    /// Keeps following what still has an owner.
    func keep(_ job: JobRecord) {
        book.withLock { book in
            if job.leaseOwner == nil { book.remove(job) } else { book.update(job) }
            book.rested(job)
        }
    }

    /// Leaves a job alone for a while, because something about it did not work.
    func rest(_ job: JobRecord, _ error: StoreError) {
        context.logTrouble(job, error)
        let now = context.clock.sinceBoot()
        book.withLock { $0.rest(job, at: now, context.policy.jobBackoff) }
    }
}
