package import JobStore
private import Jobs
private import KomodoClient
private import Logging
internal import ServiceLifecycle
private import Synchronization

/// Runs the jobs of one instance: claims, submits, follows and finishes them.
///
/// Everything it knows is in the database, so it may be killed at any moment. On graceful shutdown
/// it stops taking jobs, lets submissions that are under way finish, and leaves running operations
/// to its successor.
package final class JobWorker: Sendable {
    private let context: WorkerContext
    private let listener: ChangeListener
    private let lock: FileLock
    private let checkpoints: Checkpoints?
    private let follower: Follower
    private let state = Mutex(State())

    private struct State {
        var isDraining = false
        /// What tasks of this process are doing.
        var duties: Set<Duty.Key> = []
        var submissions = 0
        var isIdentitySaved = false
        var idleSince: Int64?
    }

    /// Prepares a worker.
    ///
    /// - Parameters:
    ///   - lock: the worker's life: others take its jobs over once this is free.
    ///   - listener: wakes the worker when the database changes.
    package init(
        _ context: WorkerContext, lock: FileLock, listener: ChangeListener,
        checkpoints: Checkpoints? = nil
    ) {
        self.context = context
        self.lock = lock
        self.listener = listener
        self.checkpoints = checkpoints
        follower = Follower(context)
    }

    /// Works until it is cancelled, shut down, or has had nothing to do for its idle time.
    package func run() async throws {
        try await context.store.register(context.worker)
        let (duties, assignments) = AsyncStream.makeStream(of: Duty.self)
        try await takeOver(assignments)
        context.hooks.ready()
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.attend(duties) }
                group.addTask { try await self.follow(assignments) }
                group.addTask { try await self.beat() }
                group.addTask { try await self.tick() }
                try await self.schedule(assignments)
                group.cancelAll()
                // The others end by cancellation, which is how they are meant to end.
                while let result = await group.nextResult() {
                    if case .failure(let error) = result, !(error is CancellationError) {
                        throw error
                    }
                }
            }
        } onGracefulShutdown: {
            self.stop()
        }
        try await context.store.retire(context.worker.id)
        lock.remove()
    }

    /// Takes no more jobs; ``run()`` returns once the submissions under way have ended.
    package func stop() {
        state.withLock { $0.isDraining = true }
        context.hooks.stopping()
        listener.ring()
    }

    /// Something that one task does about one job.
    private enum Duty: Sendable {
        case reconcile(JobRecord)
        case verify(JobRecord)
        case cancel(JobRecord)

        /// No two tasks do the same about one job.
        ///
        /// A job that was lost and won back has a new lease, and its old task is about to notice.
        struct Key: Sendable, Hashable {
            enum Kind: Sendable, Hashable { case reconcile, verify, cancel }

            let kind: Kind
            let job: Int64
            let leaseNumber: Int64
        }

        var key: Key {
            let kind: Key.Kind =
                switch self {
                case .reconcile: .reconcile
                case .verify: .verify
                case .cancel: .cancel
                }
            return Key(kind: kind, job: job.row, leaseNumber: job.leaseNumber)
        }

        var job: JobRecord {
            switch self {
            case .reconcile(let job), .verify(let job), .cancel(let job): job
            }
        }
    }

    private typealias Assignments = AsyncStream<Duty>.Continuation

    // MARK: Scheduling

    /// The longest pause between two passes, in case a ring is lost.
    private static let tickInterval: Duration = .seconds(1)

    private func schedule(_ assignments: Assignments) async throws {
        try await withThrowingDiscardingTaskGroup { submissions in
            for await _ in listener.rings {
                guard !state.withLock({ $0.isDraining }) else { break }
                do {
                    let claimed = try await pass(assignments)
                    for job in claimed {
                        submissions.addTask { try await self.submitOrEnd(job, assignments) }
                    }
                    if try await mayLeave() { break }
                } catch let error as StoreError {
                    try endIfHopeless(error)
                }
                context.hooks.passed()
            }
            await drain()
            submissions.cancelAll()
        }
    }

    /// Longer than a submission takes; what is not over by then is found by reconciliation.
    private static let drainMax: Duration = .seconds(40)

    /// Waits for the submissions that are under way; each of them rings when it ends.
    private func drain() async {
        let end = context.clock.sinceBoot() + Self.drainMax.inMilliseconds
        guard state.withLock({ $0.submissions }) > 0 else { return }
        for await _ in listener.rings {
            let isOver = state.withLock { $0.submissions } == 0
            if isOver || context.clock.sinceBoot() >= end { return }
        }
    }

    private func endIfHopeless(_ error: StoreError) throws {
        switch error.code {
        case .missing, .newer, .altered, .corrupt, .unsuitableFileSystem: throw error
        case .full, .readOnly, .notPermitted, .busy, .ambiguousReference, .unknownReference,
            .conflict, .failed:
            context.logger.error(
                "The database cannot be used for now",
                metadata: [LogKey.errorMessage: "\(error.message)"])
        }
    }

    /// One look at everything; answers the jobs that it claimed.
    private func pass(_ assignments: Assignments) async throws -> [JobRecord] {
        let tick = try await context.store.tick(instance: context.worker.instance)
        for job in tick.expired { context.logEnd(job) }
        try await takeOver(assignments)
        for job in try await context.store.cancelsWaiting(context.worker.id)
        where job.state.status == .running {
            assign(.cancel(job), assignments)
        }
        let free = try await claimsAllowed()
        guard free > 0, !state.withLock({ $0.isDraining }) else { return [] }
        // What the budget cannot pay for is not even claimed, or it would go back and forth.
        let affordable = try await context.store.submissionsAffordable(
            context.worker, limits: context.policy.limits)
        let claimed = try await context.store.claim(
            context.worker, limit: min(free, affordable))
        state.withLock { $0.submissions += claimed.count }
        return claimed
    }

    /// How long after the breaker's time a single job tries the key before all others go.
    private static let keyTrialMax: Duration = .seconds(60)

    /// How many jobs may be claimed: none while the breaker of this worker's key is open, and then
    /// a single one to try the key, for the client refuses all others while that is under way.
    private func claimsAllowed() async throws -> Int {
        let underWay = state.withLock { $0.submissions }
        let free = context.policy.submissionsMax - underWay
        let credential = try await context.store.credential(
            instance: context.worker.instance, keyFingerprint: context.worker.keyFingerprint)
        guard let until = credential?.refusedUntil else { return free }
        let now = context.clock.now()
        if now < until { return 0 }
        return now < until + Self.keyTrialMax ? min(free, 1 - underWay) : free
    }

    /// Submits; what cancellation cuts off is found by whoever takes the job over.
    private func submitOrEnd(_ job: JobRecord, _ assignments: Assignments) async throws {
        do {
            try await submit(job, assignments)
        } catch is CancellationError {
            return
        }
    }

    private func submit(_ job: JobRecord, _ assignments: Assignments) async throws {
        defer {
            state.withLock { $0.submissions -= 1 }
            listener.ring()
        }
        do {
            guard let next = try await Submitter(context: context).run(job) else { return }
            care(for: next, assignments)
            await rememberIdentity()
        } catch let error as StoreError {
            context.logger.error(
                "A submission could not be written down",
                metadata: [LogKey.jobID: "\(job.id)", LogKey.errorMessage: "\(error.message)"])
            try await recover(job, assignments)
        }
    }

    /// Writes down who we are in Komodo, once, for other processes and for people.
    private func rememberIdentity() async {
        guard state.withLock({ !$0.isIdentitySaved }) else { return }
        // Asked for already, or Komodo cannot be asked for now.
        guard let identity = try? await context.komodo.identify() else { return }
        let worker = context.worker
        do {
            // Whether the key is refused is for others to say, so that stays as it is.
            var credential =
                try await context.store.credential(
                    instance: worker.instance, keyFingerprint: worker.keyFingerprint)
                ?? Credential(instance: worker.instance, keyFingerprint: worker.keyFingerprint)
            credential.operatorID = identity.operatorID
            credential.username = identity.username
            credential.version = identity.version.description
            credential.clockOffset = identity.clockOffset
            try await context.store.save(credential)
            state.withLock { $0.isIdentitySaved = true }
        } catch {
            context.logger.warning(
                "Who the key belongs to could not be written down",
                metadata: [LogKey.errorMessage: "\(error.message)"])
        }
    }

    /// Picks a job up again whose submission ended without a word: what was not sent goes back, what
    /// may have been sent is reconciled.
    private func recover(_ job: JobRecord, _ assignments: Assignments) async throws {
        let current = try await context.persist(job) { () async throws(StoreError) in
            try await context.store.job(row: job.row)
        }
        guard let current, current.leaseOwner == context.worker.id, let lease = current.lease
        else { return }
        let unknown = JobError(.serverError, "The answer could not be written down.")
        let event: JobEvent =
            current.state == .starting(.claimed) ? .released : .submitted(.ambiguous(unknown))
        let advance = try await context.persist(job) { () async throws(StoreError) in
            try await context.store.advance(lease, by: event, Findings())
        }
        if case .applied(let next) = advance { care(for: next, assignments) }
    }

    /// Sees to it that somebody looks after a job that this worker owns.
    private func care(for job: JobRecord, _ assignments: Assignments) {
        switch job.state {
        case .starting(.reconciling): assign(.reconcile(job), assignments)
        case .running(.verifying): assign(.verify(job), assignments)
        case .running, .failed(.deadline):
            follower.add(job)
            listener.ring()
        case .pending, .starting, .success, .failed, .cancelled: break
        }
    }

    private func takeOver(_ assignments: Assignments) async throws {
        let jobs = try await context.store.takeOver(
            context.worker, grace: context.policy.reconcileGrace)
        guard !jobs.isEmpty else { return }
        context.logger.notice(
            "Took over jobs of a worker that is gone",
            metadata: [LogKey.count: "\(jobs.count)"])
        for job in jobs { care(for: job, assignments) }
    }

    private func assign(_ duty: Duty, _ assignments: Assignments) {
        let isNew = state.withLock { $0.duties.insert(duty.key).inserted }
        if isNew { assignments.yield(duty) }
    }

    // MARK: The other tasks

    private func attend(_ duties: AsyncStream<Duty>) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for await duty in duties {
                group.addTask { try await self.attend(to: duty) }
            }
        }
    }

    private func attend(to duty: Duty) async throws {
        defer {
            state.withLock { _ = $0.duties.remove(duty.key) }
            listener.ring()
        }
        while true {
            do {
                return try await carryOut(duty)
            } catch let error as StoreError {
                context.logger.error(
                    "A job could not be looked after; trying again",
                    metadata: [
                        LogKey.jobID: "\(duty.job.id)", LogKey.errorMessage: "\(error.message)",
                    ])
                try await context.sleep(Self.tickInterval)
            }
        }
    }

    private func carryOut(_ duty: Duty) async throws {
        switch duty {
        case .reconcile(let job):
            if let next = try await Reconciler(context: context).run(job) { follower.add(next) }
        case .verify(let job): try await Verifier(context: context).run(job)
        case .cancel(let job):
            try await Canceller(context: context).run(job)
            follower.hasten(job.row)
        }
    }

    private static let followPauseMin: Duration = .milliseconds(10)
    private static let followPauseMax: Duration = .milliseconds(500)

    /// The pause until the next followed job is due; short enough to see a new one in time.
    private func followPause() -> Duration {
        guard let due = follower.nextDue() else {
            return Self.followPauseMax * context.policy.pollScale
        }
        let wait = Duration.milliseconds(due - context.clock.sinceBoot())
        return min(max(wait, Self.followPauseMin), Self.followPauseMax * context.policy.pollScale)
    }

    private func follow(_ assignments: Assignments) async throws {
        while true {
            try await context.sleep(followPause())
            do {
                for result in try await follower.round() {
                    if case .verify(let job) = result { assign(.verify(job), assignments) }
                    listener.ring()
                }
            } catch let error as StoreError {
                context.logger.error(
                    "Followed jobs cannot be written down for now",
                    metadata: [LogKey.errorMessage: "\(error.message)"])
                try await context.sleep(Self.tickInterval)
            }
        }
    }

    private func beat() async throws {
        while true {
            try await context.sleep(context.policy.heartbeatInterval)
            do {
                try await context.store.heartbeat(context.worker.id)
            } catch {
                context.logger.warning(
                    "No heartbeat could be written",
                    metadata: [LogKey.errorMessage: "\(error.message)"])
            }
        }
    }

    private func tick() async throws {
        while true {
            listener.ring()
            await checkpoints?.runIfDue()
            try await context.sleep(Self.tickInterval * min(1, context.policy.pollScale * 5))
        }
    }

    // MARK: Leaving

    /// Whether an on-demand worker is no longer needed and has signed off.
    private func mayLeave() async throws -> Bool {
        guard let idleTime = context.policy.idleTime else { return false }
        if context.hooks.isAbandoned() { return true }
        if try await isServedByDaemon() { return true }
        let isBusy = try await context.store.hasUnfinished(
            instance: context.worker.instance, keyFingerprint: context.worker.keyFingerprint)
        let now = context.clock.sinceBoot()
        let idleSince = state.withLock { state -> Int64? in
            state.idleSince = isBusy || state.submissions > 0 ? nil : state.idleSince ?? now
            return state.idleSince
        }
        guard let idleSince, now - idleSince >= idleTime.inMilliseconds else { return false }
        return try await context.store.retireIfIdle(context.worker)
    }

    private func isServedByDaemon() async throws -> Bool {
        try await context.store.workers().contains { worker, liveness in
            worker.kind == .daemon && liveness.isAlive
                && worker.serves(
                    instance: context.worker.instance,
                    keyFingerprint: context.worker.keyFingerprint)
        }
    }
}
