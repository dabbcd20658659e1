private import JobStore
private import Jobs
private import KomodoClient
private import Logging
private import Synchronization

/// Writes down, once, who we are in Komodo, for other processes and for people.
final class IdentityNote: Sendable {
    private let context: WorkerContext
    private let isSaved = Mutex(false)

    init(_ context: WorkerContext) {
        self.context = context
    }

    /// Writes it down; to be called when Komodo has just been asked.
    func save() async {
        guard !isSaved.withLock({ $0 }) else { return }
        // Asked for already, or Komodo cannot be asked for now.
        guard let identity = try? await context.komodo.identify() else { return }
        do {
            try await context.store.saveIdentity(
                Credential(
                    instance: context.worker.instance,
                    keyFingerprint: context.worker.keyFingerprint,
                    operatorID: identity.operatorID, username: identity.username,
                    version: identity.remembered, clockOffset: identity.clockOffset))
            isSaved.withLock { $0 = true }
        } catch {
            context.logger.warning(
                "Who the key belongs to could not be written down",
                metadata: [LogKey.errorMessage: "\(error.message)"])
        }
    }
}
