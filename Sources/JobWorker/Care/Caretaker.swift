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
    private let duties = Mutex(DutyQueue())
    /// Rings when a duty may have a place.
    private let bell: AsyncStream<Void>.Continuation
    private let rings: AsyncStream<Void>

    init(_ context: WorkerContext, ring: @escaping @Sendable () -> Void) {
        self.context = context
        self.ring = ring
        follower = Follower(context)
        (rings, bell) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Hands a job to whoever looks after jobs in its state.
    func care(for job: JobRecord) {
        defer { ring() }
        guard job.leaseOwner == context.worker.id else { return }
        switch job.state {
        case .starting(.reconciling): assign(Duty(.reconcile, job))
        case .starting: assign(Duty(.recover, job))
        case .running(.verifying): assign(Duty(.verify, job))
        case .running: follower.add(job)
        // Komodo may still be working, and the lane is held until it is done.
        case .failed(.deadline) where job.holdsLane: follower.add(job)
        case .pending, .success, .failed, .cancelled: break
        }
    }

    /// Gives a task to do, unless it waits to be done or is being done.
    func assign(_ duty: Duty) {
        duties.withLock { $0.add(duty) }
        bell.yield()
    }

    /// Does what is assigned, so much at a time, until it is cancelled.
    ///
    /// - Throws: when the database cannot be used any more.
    func attend() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for await _ in rings {
                while let duty = duties.withLock({ $0.begin() }) {
                    group.addTask {
                        do {
                            try await self.attend(to: duty)
                            self.bell.yield()
                        } catch {
                            // Or the loop would wait for another ring first.
                            self.bell.finish()
                            throw error
                        }
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

    /// Hears what Komodo tells of running jobs, until it is cancelled.
    func listen() async throws {
        await follower.listen()
    }

    private func attend(to duty: Duty) async throws {
        var backoff = context.policy.jobBackoff
        while true {
            var job: JobRecord?
            do {
                job = try await context.store.job(row: duty.job)
                let next = try await carryOut(duty, job)
                duties.withLock { $0.end(duty) }
                // Only now, because it may be the same duty again.
                if let next { care(for: next) } else { ring() }
                return
            } catch let error as StoreError {
                guard error.remedy != .end else { throw error }
                context.logTrouble(job, error)
                // A job that gives trouble leaves its place to others; a database that does gives
                // the same to all.
                guard error.remedy == .wait else { return try await rest(duty) }
                try await context.sleep(backoff.next())
            }
        }
    }

    private func rest(_ duty: Duty) async throws {
        let pause = duties.withLock { $0.rest(duty, context.policy.jobBackoff) }
        bell.yield()
        try await context.sleep(pause)
        duties.withLock { $0.resume(duty) }
    }

    /// The job afterwards, if it has to be looked after further.
    private func carryOut(_ duty: Duty, _ job: JobRecord?) async throws -> JobRecord? {
        guard let job, job.leaseOwner == context.worker.id, job.leaseNumber == duty.leaseNumber
        else { return nil }
        switch duty.kind {
        case .reconcile:
            guard job.state == .starting(.reconciling) else { return job }
            return try await Reconciler(context: context).run(job)
        case .verify:
            guard job.state == .running(.verifying) else { return job }
            return try await Verifier(context: context).run(job)
        case .recover: return try await Recovery(context: context).run(job)
        case .cancel:
            guard job.state.status == .running else { return nil }
            try await Canceller(context: context, follower: follower).run(job)
            return nil
        }
    }
}
