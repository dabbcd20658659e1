private import Synchronization

/// Checkpoints from a writer whose log has grown too far because no worker does it, that takes many
/// steps, or that has deleted a secret.
///
/// Runs on the writer's queue between two commits, where it holds up nobody who would not have to
/// wait for the checkpoint anyway.
final class EagerCheckpoint: Sendable {
    private let checkpointer: Checkpointer
    private let traces: SecretTraces
    private let state = Mutex(State())

    private struct State {
        /// The bytes of the log at a try that others were in the way of.
        var failedAt: Int?
        /// Whether the next commit is a step of many.
        var isStep = false
    }

    /// How much the log must grow before another try after others were in the way.
    private static let growthAfterFailure = 4 << 20

    init(_ checkpointer: Checkpointer, traces: SecretTraces) {
        self.checkpointer = checkpointer
        self.traces = traces
    }

    /// Has the log kept short after this commit; called in its transaction.
    ///
    /// Steps write much for which nobody waits. Moving a long log takes tens of milliseconds, for
    /// which everybody would.
    func noteStep() {
        state.withLock { $0.isStep = true }
    }

    /// Checkpoints when `bytes` of the log are in use, after a commit.
    func runIfDue(_ bytes: Int) {
        guard isDue(bytes), checkpoint() != .restarted else { return }
        state.withLock { $0.failedAt = bytes }
    }

    private func isDue(_ bytes: Int) -> Bool {
        state.withLock { state in
            let limit = state.isStep ? Checkpointer.walBytesStep : Checkpointer.walBytesEager
            state.isStep = false
            // It has started anew since the last try.
            if let failedAt = state.failedAt, bytes < failedAt { state.failedAt = nil }
            return bytes > max(limit, state.failedAt.map { $0 + Self.growthAfterFailure } ?? 0)
        }
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
