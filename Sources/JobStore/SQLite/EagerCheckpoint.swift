private import Synchronization

/// Checkpoints from a writer whose log has grown too far because no worker does it, or that has
/// deleted a secret.
///
/// Runs on the writer's queue between two commits, where it holds up nobody who would not have to
/// wait for the checkpoint anyway.
final class EagerCheckpoint: Sendable {
    private let path: String
    private let folder: StateFolder
    private let traces: SecretTraces
    private let threshold = Mutex(Checkpointer.walBytesEager)

    /// How much the log must grow before another try after a reader was in the way.
    private static let growthAfterFailure = 4 << 20

    init(path: String, folder: StateFolder, traces: SecretTraces) {
        self.path = path
        self.folder = folder
        self.traces = traces
    }

    /// Takes the role, checkpoints and gives the role back, when `bytes` of the log are in use.
    func runIfDue(_ bytes: Int) {
        guard bytes > threshold.withLock({ $0 }) else { return }
        let isDone = checkpoint()
        threshold.withLock { threshold in
            threshold = isDone ? Checkpointer.walBytesEager : bytes + Self.growthAfterFailure
        }
    }

    /// Cuts the log when this process has deleted a secret, unless another one has the role, which
    /// then does it.
    func cutIfSecretsWereDeleted() {
        if traces.takeNews() { _ = checkpoint() }
    }

    /// Other writers are in the way most of the time, but each only for a moment.
    private static let triesMax = 40
    private static let pauseMicroseconds: UInt32 = 300

    private func checkpoint() -> Bool {
        // A failure here is one of the disk or of a reader; the next commits meet it or try again.
        guard let checkpointer = try? Checkpointer(path: path, folder: folder) else { return false }
        for _ in 0..<Self.triesMax {
            if (try? checkpointer.checkpoint()) == .restarted { return true }
            pause(microseconds: Self.pauseMicroseconds)
        }
        return false
    }
}
