/// Runs calls apart from the connections that brought them, for a legacy call outlives its
/// connection.
final class CallPool: Sendable {
    /// A call to its end.
    typealias Job = @Sendable () async -> Void

    // As many wait as there are places for requests and sessions.
    private let jobs: AsyncStream<Job>
    private let input: AsyncStream<Job>.Continuation

    init() {
        (jobs, input) = AsyncStream.makeStream()
    }

    /// Runs what is submitted until the surrounding task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
            group.cancelAll()
        }
    }

    /// Hands a call over; false when nothing is run any more.
    func submit(_ job: @escaping Job) -> Bool {
        if case .enqueued = input.yield(job) { return true }
        return false
    }
}
