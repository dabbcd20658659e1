internal import JobStore
private import Jobs
private import KomodoClient
private import Logging
private import Synchronization

/// Takes jobs that are due and submits them, until the worker is to end.
final class Scheduler: Sendable {
    private let context: WorkerContext
    private let listener: ChangeListener
    private let caretaker: Caretaker
    private let idleWatch: IdleWatch
    private let identityNote: IdentityNote
    private let state = Mutex(State())

    private struct State {
        var isDraining = false
        var submissions = 0
    }

    init(_ context: WorkerContext, _ listener: ChangeListener, _ caretaker: Caretaker) {
        self.context = context
        self.listener = listener
        self.caretaker = caretaker
        idleWatch = IdleWatch(context)
        identityNote = IdentityNote(context)
    }

    /// Takes no more jobs from now on.
    func stop() {
        let wasRunning = state.withLock { state in
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if wasRunning { context.hooks.stopping() }
        listener.ring()
    }

    /// Works until it is stopped, cancelled, or no longer needed; returns once the submissions under
    /// way are over.
    ///
    /// - Throws: when the database cannot be used any more.
    func run() async throws {
        let failure: (any Error)? = await withDiscardingTaskGroup { submissions in
            var failure: (any Error)?
            do {
                try await work(&submissions)
            } catch {
                failure = error
            }
            await drain()
            submissions.cancelAll()
            return failure
        }
        if let failure { throw failure }
    }

    private func work(_ submissions: inout DiscardingTaskGroup) async throws {
        var backoff = WorkerPolicy.storeBackoff
        var restsUntil: Int64 = 0
        for await _ in listener.rings {
            guard !isDraining else { return }
            // A write that fails rings, too.
            guard context.clock.sinceBoot() >= restsUntil else { continue }
            do {
                try await pass(&submissions)
                if try await idleWatch.mayLeave(isBusy: isSubmitting) { return }
                backoff = WorkerPolicy.storeBackoff
            } catch let error as StoreError {
                guard error.remedy != .end else { throw error }
                context.logger.error(
                    "The database cannot be used for now",
                    metadata: [LogKey.errorMessage: "\(error.message)"])
                restsUntil = context.clock.sinceBoot() + backoff.next().inMilliseconds
            }
            context.hooks.passed()
        }
    }

    private var isDraining: Bool { state.withLock { $0.isDraining } }
    private var isSubmitting: Bool { state.withLock { $0.submissions } > 0 }

    // MARK: Draining

    /// Longer than a submission takes; what is not over by then is found by reconciliation.
    private static let drainMax: Duration = .seconds(40)

    /// Waits for the submissions that are under way; each of them rings when it ends.
    private func drain() async {
        stop()
        do {
            // Whoever has a job from now on looks for another worker.
            try await context.store.markDraining(context.worker.id)
        } catch {
            context.logger.warning(
                "It could not be made known that the worker ends",
                metadata: [LogKey.errorMessage: "\(error.message)"])
        }
        guard isSubmitting else { return }
        let end = context.clock.sinceBoot() + Self.drainMax.inMilliseconds
        for await _ in listener.rings where !isSubmitting || context.clock.sinceBoot() >= end {
            return
        }
    }

    // MARK: Looking at everything

    /// What a pass does, in this order: what has just come is not kept waiting by the rest.
    private enum Step: CaseIterable { case claim, expire, takeOver, passOnCancels, claimMore }

    /// One look at everything; what it claims is submitted.
    private func pass(_ submissions: inout DiscardingTaskGroup) async throws(StoreError) {
        let agenda = try await agenda()
        var failure: StoreError?
        var mayBeMore = false
        for step in Step.allCases {
            do throws(StoreError) {
                switch step {
                case .claim: try await submitClaimed(agenda, &submissions)
                case .expire: if agenda.needsTick { mayBeMore = try await expire() }
                case .takeOver: if agenda.mayInherit, try await takeOver() { mayBeMore = true }
                case .passOnCancels: if agenda.hasCancels { try await passOnCancels() }
                case .claimMore:
                    if mayBeMore { try await submitClaimed(self.agenda(), &submissions) }
                }
            } catch {
                // What one job's row refuses must not keep the others waiting.
                guard error.remedy == .leave else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func agenda() async throws(StoreError) -> Agenda {
        try await context.store.agenda(context.worker, limits: context.policy.limits)
    }

    private func submitClaimed(
        _ agenda: Agenda, _ submissions: inout DiscardingTaskGroup
    ) async throws(StoreError) {
        for job in try await claim(agenda) {
            submissions.addTask { await self.submit(job) }
        }
    }

    /// Wakes and ends what is due.
    ///
    /// - Returns: whether jobs may have become ready by that.
    private func expire() async throws(StoreError) -> Bool {
        let tick = try await context.store.tick(instance: context.worker.instance)
        if tick.hasShortenedWaits {
            context.logger.notice("The clock was set back; waits from before were shortened")
        }
        for job in tick.expired { context.logEnd(job) }
        return tick.woken > 0 || !tick.expired.isEmpty || tick.hasShortenedWaits
    }

    /// Takes over the jobs of workers that are gone, part by part.
    ///
    /// - Returns: whether there were any.
    @discardableResult
    func takeOver() async throws(StoreError) -> Bool {
        var isFirst = true
        while true {
            let jobs = try await context.store.takeOver(
                context.worker, grace: context.policy.reconcileGrace)
            guard !jobs.isEmpty else { return !isFirst }
            isFirst = false
            context.logger.notice(
                "Took over jobs of a worker that is gone",
                metadata: [LogKey.count: "\(jobs.count)"])
            for job in jobs { caretaker.care(for: job) }
        }
    }

    private func passOnCancels() async throws(StoreError) {
        for job in try await context.store.cancelsWaiting(context.worker.id)
        where job.state.status == .running {
            caretaker.assign(Duty(.cancel, job))
        }
    }

    private func claim(_ agenda: Agenda) async throws(StoreError) -> [JobRecord] {
        let free = claimsAllowed(agenda.credential)
        guard agenda.hasDueJobs, free > 0, !isDraining else { return [] }
        // What the budget cannot pay for is not even claimed, or it would go back and forth.
        let affordable = agenda.submissionsAffordable(
            requestsEach: context.komodo.dialect?.requestsPerSubmission ?? 1,
            at: context.clock.sinceBoot(), context.policy.limits)
        guard affordable > 0 else {
            try await context.store.noteSubmissionsWait(
                instance: context.worker.instance, limits: context.policy.limits)
            return []
        }
        let claimed = try await context.store.claim(
            context.worker, limit: min(free, affordable))
        state.withLock { $0.submissions += claimed.count }
        return claimed
    }

    /// How long after the breaker's time a single job tries the key before all others go.
    private static let keyTrialMax: Duration = .seconds(60)

    /// How many jobs may be claimed: none while the breaker of this worker's key is open, and then
    /// a single one to try the key, for the client refuses all others while that is under way.
    private func claimsAllowed(_ credential: Credential?) -> Int {
        let underWay = state.withLock { $0.submissions }
        let free = context.policy.submissionsMax - underWay
        let trust = credential?.trust(
            at: context.clock.now(), pauseMax: KomodoSignals.keyRefusedPause,
            trial: Self.keyTrialMax)
        return switch trust {
        case .refused: 0
        case .onTrial: min(free, 1 - underWay)
        case .free, nil: free
        }
    }

    private func submit(_ job: JobRecord) async {
        defer {
            state.withLock { $0.submissions -= 1 }
            listener.ring()
        }
        do {
            guard let next = try await Submitter(context: context).run(job) else { return }
            caretaker.care(for: next)
            await identityNote.save()
        } catch is CancellationError {
            // What is cut off is found by whoever takes the job over.
        } catch {
            context.logTrouble(job, error)
            caretaker.assign(Duty(.recover, job))
        }
    }
}
