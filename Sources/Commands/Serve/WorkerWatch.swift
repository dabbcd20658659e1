internal import Bootstrap
internal import JobStore
private import Jobs
internal import Logging
internal import ServiceLifecycle

/// Sees to it that somebody works as long as there are jobs, also when a worker is killed.
struct WorkerWatch: Service {
    let session: Session
    let store: SQLiteJobStore
    let feed: ChangeFeed
    let access: KomodoAccess
    var clock = ContinuousClock()

    /// How things stand.
    private enum Finding { case idle, served, started, failed }

    /// The pause between two looks while there are jobs.
    private static let pause: Duration = .seconds(2)
    /// The longest pause while workers end as soon as they are started.
    private static let pauseMax: Duration = .seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.watch() }
    }

    private func watch() async {
        var pause = Duration.zero
        var last = Finding.idle
        for await _ in feed.changes() {
            repeat {
                // Only cancellation ends the sleep early. A call that orders a job starts a worker
                // itself, so after a change none is started at the same moment.
                guard (try? await clock.sleep(for: pause)) != nil else { return }
                last = await look(isNews: last != .failed)
                switch last {
                case .idle, .served: pause = Self.pause
                case .started, .failed: pause = min(max(pause, Self.pause) * 2, Self.pauseMax)
                }
            } while last != .idle
        }
    }

    private func look(isNews: Bool) async -> Finding {
        do {
            guard await hasWork() else { return .idle }
            guard try await !OnDemandWorker.isServed(store, access) else { return .served }
            guard session.settings.worker == .auto else {
                if isNews { session.logger.warning("Jobs wait; start 'komodo-mcp worker'") }
                return .failed
            }
            try await OnDemandWorker.launch(session, store)
            return .started
        } catch {
            if isNews, !Task.isCancelled {
                session.logger.error(
                    "No worker could be started", metadata: [LogKey.errorMessage: "\(error)"])
            }
            return .failed
        }
    }

    private func hasWork() async -> Bool {
        do {
            return try await store.hasUnfinished(
                instance: access.instance, keyFingerprint: access.keyFingerprint)
        } catch {
            // Whoever asks for a job is told; the next look tries again.
            return true
        }
    }
}
