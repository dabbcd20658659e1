internal import JobStore
private import JobWorker
private import Jobs
internal import Logging
private import ServiceLifecycle

/// Waits for the machine where a worker would otherwise fail to start: while the disk is full or
/// read-only, or descriptors or memory are short.
///
/// A service that ends on a full disk is started again a few times and then given up, and somebody
/// would have to notice.
struct StartPatience: Sendable {
    let logger: Logger
    /// After this it waits no more; nil waits for ever.
    var end: ContinuousClock.Instant?
    /// Told why the worker waits.
    var waiting: @Sendable (String) -> Void = { _ in }
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// What `body` answers, as soon as it can.
    ///
    /// - Throws: what no waiting helps against, and `CancellationError` when the process is to end.
    func wait<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await cancelWhenGracefulShutdown {
            var backoff = WorkerPolicy.storeBackoff
            while true {
                do {
                    return try body()
                } catch let error as StoreError where error.mayPassByItself && !isOver {
                    logger.error(
                        "The worker cannot start yet; trying again",
                        metadata: [LogKey.errorMessage: "\(error.message)"])
                    waiting(error.message)
                }
                try await sleep(backoff.next())
            }
        }
    }

    private var isOver: Bool { end.map { ContinuousClock.now >= $0 } ?? false }
}
