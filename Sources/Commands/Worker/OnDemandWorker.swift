internal import Bootstrap
internal import JobStore
private import Jobs

/// Starts a worker when jobs have none.
enum OnDemandWorker {
    /// Whether a live worker takes jobs of this instance and key.
    static func isServed(
        _ store: SQLiteJobStore, _ access: KomodoAccess
    ) async throws(StoreError) -> Bool {
        try await store.workers().contains { worker, liveness in
            liveness.isAlive
                && worker.serves(
                    instance: access.instance, keyFingerprint: access.keyFingerprint)
        }
    }

    /// Starts a worker of its own session unless there is one, or the settings leave it to a
    /// daemon.
    static func ensure(_ session: Session, _ store: SQLiteJobStore) async throws {
        guard session.settings.worker == .auto else { return }
        let access = try session.settings.requireKomodo()
        guard try await !isServed(store, access) else { return }
        try await Detachment.launch(
            handover: session.settings.handover(), log: store.folder.onDemandLog)
    }

    /// Starts one for jobs that are already there, when this process knows how to reach Komodo.
    static func ensureForUnfinished(_ session: Session, _ store: SQLiteJobStore) async throws {
        // Without access there is nothing to start; waiting for another worker is all that is left.
        guard let access = try? session.settings.requireKomodo(),
            try await store.hasUnfinished(
                instance: access.instance, keyFingerprint: access.keyFingerprint)
        else { return }
        try await ensure(session, store)
    }
}
