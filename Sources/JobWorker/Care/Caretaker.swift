internal import JobStore
internal import Jobs
private import Synchronization

/// Sees to it that somebody looks after every job that this worker owns, once its submission is
/// over.
final class Caretaker: Sendable {
    private let context: WorkerContext
    /// Wakes the scheduling loop.
    private let ring: @Sendable () -> Void
    private let follower: Follower
    private let assignments: AsyncStream<Duty>
    private let inbox: AsyncStream<Duty>.Continuation
    /// What tasks of this process are doing.
    private let underWay = Mutex<Set<Duty.Key>>([])

    init(_ context: WorkerContext, ring: @escaping @Sendable () -> Void) {
        self.context = context
        self.ring = ring
        follower = Follower(context)
        (assignments, inbox) = AsyncStream.makeStream(of: Duty.self)
    }

    /// Hands a job to whoever looks after jobs in its state.
    func care(for job: JobRecord) {
        defer { ring() }
        guard job.leaseOwner == context.worker.id else { return }
        switch job.state {
        case .starting(.reconciling): assign(.reconcile(job))
        case .starting: assign(.recover(job))
        case .running(.verifying): assign(.verify(job))
        case .running: follower.add(job)
        // Komodo may still be working, and the lane is held until it is done.
        case .failed(.deadline) where job.holdsLane: follower.add(job)
        case .pending, .success, .failed, .cancelled: break
        }
    }

    /// Gives a task to do, unless it is being done.
    func assign(_ duty: Duty) {
        let isNew = underWay.withLock { $0.insert(duty.key).inserted }
        if isNew { inbox.yield(duty) }
    }

    /// Does what is assigned, until it is cancelled.
    ///
    /// - Throws: when the database cannot be used any more.
    func attend() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for await duty in assignments {
                group.addTask {
                    do {
                        try await self.attend(to: duty)
                    } catch {
                        // Or the loop would wait for another duty first.
                        self.inbox.finish()
                        throw error
                    }
                }
            }
        }
    }

    /// Follows running jobs, until it is cancelled.
    ///
    /// - Throws: when the database cannot be used any more.
    func follow() async throws {
        try await follower.run { self.care(for: $0) }
    }

    private func attend(to duty: Duty) async throws {
        var backoff = context.policy.jobBackoff
        while true {
            do {
                let next = try await carryOut(duty)
                underWay.withLock { _ = $0.remove(duty.key) }
                // Only now, because it may be the same duty again.
                if let next { care(for: next) } else { ring() }
                return
            } catch let error as StoreError {
                guard error.remedy != .end else { throw error }
                context.logTrouble(duty.job, error)
                try await context.sleep(backoff.next())
            }
        }
    }

    /// The job afterwards, if it has to be looked after further.
    private func carryOut(_ duty: Duty) async throws -> JobRecord? {
        guard let lease = duty.job.lease, try await context.store.holds(lease) else { return nil }
        switch duty {
        case .reconcile(let job): return try await Reconciler(context: context).run(job)
        case .verify(let job): return try await Verifier(context: context).run(job)
        case .recover(let job): return try await Recovery(context: context).run(job)
        case .cancel(let job):
            try await Canceller(context: context, follower: follower).run(job)
            return nil
        }
    }
}
