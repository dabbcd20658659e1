private import Synchronization

/// Checkpoints from a writer whose log has grown too far because no worker does it, or that has
/// deleted a secret.
///
/// Runs on the writer's queue between two commits, where it holds up nobody who would not have to
/// wait for the checkpoint anyway.
final class EagerCheckpoint: Sendable {
    private let checkpointer: Checkpointer
    private let traces: SecretTraces
    private let threshold = Mutex(Checkpointer.walBytesEager)

    /// How much the log must grow before another try after others were in the way.
    private static let growthAfterFailure = 4 << 20

    init(_ checkpointer: Checkpointer, traces: SecretTraces) {
        self.checkpointer = checkpointer
        self.traces = traces
    }

    /// Checkpoints when `bytes` of the log are in use, after a commit.
    func runIfDue(_ bytes: Int) {
        let isDue = threshold.withLock { threshold in
            // It has started anew since the last try.
            if bytes < Checkpointer.walBytesEager { threshold = Checkpointer.walBytesEager }
            return bytes > threshold
        }
        guard isDue, checkpoint() != .restarted else { return }
        threshold.withLock { $0 = bytes + Self.growthAfterFailure }
    }

    /// Cuts the log when this process has deleted a secret.
    ///
    /// What cannot be done now, or by whoever is at it, is done by a worker's next checkpoint.
    func cutIfSecretsWereDeleted() {
        guard traces.takeNews() else { return }
        for _ in 0..<Self.triesMax {
            guard checkpoint() == .heldByAnother else { return }
            pause(microseconds: Self.pauseMicroseconds)
        }
    }

    /// Whoever is at a checkpoint may have begun it before the deletion.
    private static let triesMax = 40
    private static let pauseMicroseconds: UInt32 = 5_000

    private func checkpoint() -> Checkpointer.Outcome? {
        // A failure here is one of the disk, which the next commits meet.
        try? checkpointer.checkpoint()
    }
}
