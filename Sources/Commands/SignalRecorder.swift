internal import Bootstrap
internal import JobStore
internal import Jobs
internal import KomodoClient
internal import Logging

/// Shares what one process learns about Komodo's limits and the key with all others.
struct SignalRecorder: Sendable {
    let store: SQLiteJobStore
    let access: KomodoAccess
    let limits: TokenBucket.Limits
    let logger: Logger

    /// The observer of a client.
    @Sendable func record(_ signals: KomodoSignals) async {
        do {
            if signals.rateRemaining != nil || signals.retryAfter != nil {
                try await store.obey(
                    remaining: signals.rateRemaining, wait: signals.retryAfter,
                    instance: access.instance, limits: limits)
            }
            if signals.keyRefused || signals.keyAccepted { try await saveCredential(signals) }
        } catch {
            logger.warning("Komodo's limits could not be written down: \(error.message)")
        }
    }

    private func saveCredential(_ signals: KomodoSignals) async throws(StoreError) {
        let pause = KomodoSignals.keyRefusedPause
        try await store.save(
            Credential(
                instance: access.instance, keyFingerprint: access.keyFingerprint,
                refusedUntil: signals.keyRefused ? store.clock.now() + pause : nil,
                refusedMessage: signals.keyRefused
                    ? "Komodo refused the API key; check KOMODO_API_KEY and KOMODO_API_SECRET."
                    : nil))
    }
}
