private import Synchronization

/// Runs calls apart from the connections that brought them, for a legacy call outlives its
/// connection.
final class CallPool: Sendable {
    /// A call to its end.
    typealias Job = @Sendable () async -> Void

    private let callsMax: Int
    private let count = Mutex(0)
    // No more of them wait than there are places.
    private let jobs: AsyncStream<Job>
    private let input: AsyncStream<Job>.Continuation

    init(callsMax: Int) {
        self.callsMax = callsMax
        (jobs, input) = AsyncStream.makeStream()
    }

    /// Runs what is submitted until the surrounding task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
            group.cancelAll()
        }
    }

    /// Takes a place for a call; nil when all are taken.
    func place() -> Ticket? {
        let isTaken = count.withLock { count in
            guard count < callsMax else { return false }
            count += 1
            return true
        }
        guard isTaken else { return nil }
        return Ticket { [weak self] in self?.count.withLock { $0 -= 1 } }
    }

    /// Hands over a call that has a place until it ends; false when nothing is run any more.
    func submit(in place: Ticket, _ job: @escaping Job) -> Bool {
        let result = input.yield {
            await job()
            place.release()
        }
        if case .enqueued = result { return true }
        return false
    }
}
