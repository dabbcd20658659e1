private import Dispatch
package import JobStore
private import Synchronization

/// Runs the checkpointer's role for a worker, when nobody else has it.
package final class Checkpoints: Sendable {
    private let store: SQLiteJobStore
    private let role = Mutex<Checkpointer?>(nil)
    private let queue = DispatchQueue(label: "checkpoints", qos: .utility)

    /// Below this a checkpoint is not worth its write lock.
    private static let walBytesMin = 1 << 20

    package init(_ store: SQLiteJobStore) {
        self.store = store
    }

    /// Checkpoints when the log has grown or secrets were deleted; a failure is left to the next
    /// time.
    package func runIfDue() async {
        guard store.walBytesInUse > Self.walBytesMin || store.hasSecretTraces else { return }
        await withCheckedContinuation { continuation in
            queue.async {
                self.run()
                continuation.resume()
            }
        }
    }

    private func run() {
        role.withLock { role in
            // Another process has the role, or the disk is in trouble, which writers report.
            if role == nil { role = try? Checkpointer(store) }
            _ = try? role?.checkpoint()
        }
    }
}
