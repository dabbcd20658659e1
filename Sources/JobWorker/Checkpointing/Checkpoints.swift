private import Dispatch
package import JobStore
private import Jobs
package import Logging
private import Synchronization

/// Runs the checkpointer for a worker.
package final class Checkpoints: Sendable {
    private let store: SQLiteJobStore
    private let logger: Logger
    private let queue = DispatchQueue(label: "checkpoints", qos: .utility)
    private let watch = Mutex(CheckpointWatch())
    /// Rings when a look found a checkpoint due; one consumer.
    private let bell: AsyncStream<Void>.Continuation
    private let rings: AsyncStream<Void>

    /// Below this a checkpoint is not worth its write lock.
    private static let walBytesMin = 1 << 20

    package init(_ store: SQLiteJobStore, logger: Logger) {
        self.store = store
        self.logger = logger
        (rings, bell) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Sees whether the log has grown, whoever wrote it, or secrets were deleted; ``run()`` does the
    /// rest.
    package func look() {
        if isDue() { bell.yield() }
    }

    /// Checkpoints whenever a look finds that it is due, until it is cancelled; what is in the way
    /// for long is logged.
    package func run() async {
        for await _ in rings { await checkpoint() }
    }

    /// Checkpoints at once, if it is due.
    package func runIfDue() async {
        if isDue() { await checkpoint() }
    }

    private func isDue() -> Bool {
        let bytes = store.walBytesInUse
        guard bytes > Self.walBytesMin || store.hasSecretTraces else {
            note(.done, logBytes: bytes)
            return false
        }
        return true
    }

    private func checkpoint() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.attempt()
                continuation.resume()
            }
        }
    }

    private func attempt() {
        do {
            switch try store.checkpointer.checkpoint(persistently: true) {
            case .restarted: noteAfter(.done)
            case .partial(let obstacle): noteAfter(.obstructed(obstacle))
            case .heldByAnother: noteAfter(.leftToAnother)
            }
        } catch {
            noteAfter(.failed(error.message))
        }
    }

    private func noteAfter(_ result: CheckpointWatch.Result) {
        note(result, logBytes: store.walBytesInUse)
    }

    private func note(_ result: CheckpointWatch.Result, logBytes bytes: Int) {
        let warning = watch.withLock { watch in
            watch.note(result, logBytes: bytes, at: store.clock.sinceBoot())
        }
        guard let warning else { return }
        var metadata: Logger.Metadata = [LogKey.databaseLogBytes: "\(bytes)"]
        if case .failed(let message) = result { metadata[LogKey.errorMessage] = "\(message)" }
        logger.warning("\(warning)", metadata: metadata)
    }
}
