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

    /// Below this a checkpoint is not worth its write lock.
    private static let walBytesMin = 1 << 20

    package init(_ store: SQLiteJobStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Checkpoints when the log has grown, whoever wrote it, or secrets were deleted; what is in the
    /// way for long is logged.
    package func runIfDue() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.run()
                continuation.resume()
            }
        }
    }

    private func run() {
        guard store.walBytesInUse > Self.walBytesMin || store.hasSecretTraces else {
            return note(.done)
        }
        do {
            switch try store.checkpointer.checkpoint(persistently: true) {
            case .restarted: note(.done)
            case .partial(let obstacle): note(.obstructed(obstacle))
            case .heldByAnother: note(.leftToAnother)
            }
        } catch {
            note(.failed(error.message))
        }
    }

    private func note(_ result: CheckpointWatch.Result) {
        let bytes = store.walBytesInUse
        let warning = watch.withLock { watch in
            watch.note(result, logBytes: bytes, at: store.clock.sinceBoot())
        }
        guard let warning else { return }
        var metadata: Logger.Metadata = [LogKey.databaseLogBytes: "\(bytes)"]
        if case .failed(let message) = result { metadata[LogKey.errorMessage] = "\(message)" }
        logger.warning("\(warning)", metadata: metadata)
    }
}
