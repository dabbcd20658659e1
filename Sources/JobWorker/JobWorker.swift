package import JobStore
private import Jobs
private import Logging
private import ServiceLifecycle

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
    private let upkeep: Upkeep?
    private let caretaker: Caretaker
    private let scheduler: Scheduler

    /// Prepares a worker.
    ///
    /// - Parameters:
    ///   - lock: the worker's life: others take its jobs over once this is free.
    ///   - listener: wakes the worker when the database changes.
    package init(
        _ context: WorkerContext, lock: FileLock, listener: ChangeListener,
        checkpoints: Checkpoints? = nil, upkeep: Upkeep? = nil
    ) {
        self.context = context
        self.lock = lock
        self.listener = listener
        self.checkpoints = checkpoints
        self.upkeep = upkeep
        caretaker = Caretaker(context) { listener.ring() }
        scheduler = Scheduler(context, listener, caretaker)
    }

    /// Works until it is cancelled, shut down, or has had nothing to do for its idle time.
    ///
    /// - Throws: when the database cannot be used any more; the worker's jobs are then left to be
    ///   taken over, as after its death.
    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.begin() }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            return lock.remove()
        }
        context.hooks.ready()
        try await withGracefulShutdownHandler {
            try await work()
        } onGracefulShutdown: {
            self.stop()
        }
        await retire()
        await checkpoints?.runIfDue()
        lock.remove()
    }

    /// Makes itself known and takes over what others left, however long the database refuses that:
    /// a worker that gave up on a full disk would have to be started by somebody.
    private func begin() async throws {
        var backoff = WorkerPolicy.storeBackoff
        while true {
            do {
                try await context.store.register(context.worker)
                try await scheduler.takeOver()
                return
            } catch {
                guard error.mayPassByItself else { throw error }
                context.logger.error(
                    "The worker cannot begin yet; trying again",
                    metadata: [LogKey.errorMessage: "\(error.message)"])
                context.hooks.waiting(error.message)
                try await context.sleep(backoff.next())
            }
        }
    }

    /// Gives back what it has; where that cannot be written down, others see by its lock that it is
    /// gone.
    private func retire() async {
        do {
            try await context.store.retire(context.worker.id)
        } catch {
            context.logger.warning(
                "It could not be written down that the worker has ended",
                metadata: [LogKey.errorMessage: "\(error.message)"])
        }
    }

    /// Takes no more jobs; ``run()`` returns once the submissions under way have ended.
    package func stop() {
        scheduler.stop()
    }

    /// Schedules beside the parts that go on for as long as that does.
    private func work() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let parts = [
                caretaker.attend, caretaker.follow, caretaker.listen, beat, tick, checkpoint, tend,
            ]
            for part in parts {
                group.addTask { try await self.run(part) }
            }
            try await scheduler.run()
            group.cancelAll()
            // The others end by cancellation, unless one of them has failed.
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) {
                    throw error
                }
            }
        }
    }

    /// Runs a part of the work; if it fails the worker ends, after its submissions.
    private func run(_ part: @Sendable () async throws -> Void) async throws {
        do {
            try await part()
        } catch {
            if !Task.isCancelled { stop() }
            throw error
        }
    }

    // MARK: Parts

    @Sendable
    private func beat() async throws {
        while true {
            try await context.sleep(context.policy.heartbeatInterval)
            do {
                try await context.store.heartbeat(context.worker)
            } catch {
                guard error.remedy != .end else { throw error }
                context.logger.warning(
                    "No heartbeat could be written",
                    metadata: [LogKey.errorMessage: "\(error.message)"])
            }
        }
    }

    /// Puts its lock and its doorbell back when somebody has removed them: to others it would look
    /// dead, and hear nothing from them.
    private func keepInPlace() {
        listener.keepInPlace()
        guard lock.keepInPlace() else {
            return context.logger.warning(
                "The worker's lock was removed and cannot be made again",
                metadata: [LogKey.errorMessage: "\(lock.path)"])
        }
    }

    /// The longest pause between two passes, in case a ring is lost, and between two looks at the
    /// write-ahead log.
    private static let tickInterval: Duration = .seconds(1)
    /// The pause between two looks at what is to be indexed or removed; a search finds what is not
    /// indexed yet, too.
    private static let upkeepInterval: Duration = .seconds(5)

    @Sendable
    private func tick() async throws {
        while true {
            keepInPlace()
            listener.ring()
            checkpoints?.look()
            try await context.sleep(scaled(Self.tickInterval))
        }
    }

    @Sendable
    private func checkpoint() async throws {
        await checkpoints?.run()
    }

    @Sendable
    private func tend() async throws {
        while true {
            try await context.sleep(scaled(Self.upkeepInterval))
            try await upkeep?.run { try await self.context.sleep($0) }
        }
    }

    private func scaled(_ interval: Duration) -> Duration {
        interval * min(1, context.policy.pollScale * 5)
    }
}
