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
            // An embedded one leaves with the command that it works in.
            worker.kind != .embedded
                && worker.isServing(
                    instance: access.instance, keyFingerprint: access.keyFingerprint, liveness)
        }
    }

    /// Starts a worker of its own session unless there is one, or the settings leave it to a
    /// daemon.
    static func ensure(_ session: Session, _ store: SQLiteJobStore) async throws {
        let access = try session.settings.requireKomodo()
        guard try await !isServed(store, access) else { return }
        guard session.settings.worker == .auto else {
            return Terminal.writeError(
                "No worker works for \(access.instance) now; start one with 'komodo-mcp worker'.")
        }
        try await launch(session, store)
    }

    /// Starts a worker of its own session; when another one is first, it ends by itself.
    ///
    /// - Throws: ``Detachment/Failure``.
    static func launch(_ session: Session, _ store: SQLiteJobStore) async throws {
        try await Detachment.launch(
            handover: session.settings.handover(), log: store.folder.onDemandLog)
    }

    /// Starts one for jobs that are already there, when this process knows how to reach Komodo.
    static func ensureForUnfinished(_ session: Session, _ store: SQLiteJobStore) async throws {
        let access: KomodoAccess
        do throws(SettingsError) {
            access = try session.settings.requireKomodo()
        } catch {
            // Waiting for another worker is all that is left.
            return try await mentionAbsence(store, error.message)
        }
        guard
            try await store.hasUnfinished(
                instance: access.instance, keyFingerprint: access.keyFingerprint)
        else { return }
        try await ensure(session, store)
    }

    private static func mentionAbsence(_ store: SQLiteJobStore, _ reason: String) async throws {
        let unfinished = JobQuery(statuses: [.pending, .starting, .running], limit: 1)
        guard try await !store.jobs(unfinished).jobs.isEmpty,
            try await !store.workers().contains(where: { $0.liveness.isAlive })
        else { return }
        Terminal.writeError("No worker is alive, and none can be started here. \(reason).")
    }
}
