internal import JobStore
internal import Logging

/// Remembers which interface answers at a URL, whoever asks there and under whatever name.
struct InterfaceMemory: Sendable {
    let url: String
    let store: SQLiteJobStore
    let logger: Logger

    /// Stands for every key: no fingerprint looks like it.
    private static let everyKey = "*"

    /// What an earlier process has found there.
    func recall() async throws(StoreError) -> String? {
        try await store.credential(instance: url, keyFingerprint: Self.everyKey)?.version
    }

    /// Keeps what was found, for the next process.
    @Sendable func keep(_ found: String) async {
        do {
            try await store.saveIdentity(
                Credential(instance: url, keyFingerprint: Self.everyKey, version: found))
        } catch {
            logger.warning(
                "Which interface Komodo has could not be written down: \(error.message)")
        }
    }
}
