private import Glibc
internal import JobStore
private import Synchronization

/// The workers of the demo; none of them outlives it.
final class DemoCrew: Sendable {
    private let settings: [String: String]
    private let store: SQLiteJobStore
    private let state = Mutex(State())

    private struct State {
        var workers: [OwnProcess] = []
        var identities: [String] = []
    }

    private static let startMax: Duration = .seconds(30)
    /// Nothing is being submitted any more when the last one is asked to leave.
    private static let stopMax: Duration = .seconds(20)

    init(settings: [String: String], store: SQLiteJobStore) {
        self.settings = settings
        self.store = store
    }

    /// The ids of the workers in the order in which they were started.
    var identities: [String] { state.withLock { $0.identities } }

    /// Starts a worker and waits until it works.
    func start() async throws -> OwnProcess {
        let worker = try state.withLock { state in
            let log = "\(self.store.folder.path)/demo-worker-\(state.workers.count + 1).log"
            let worker = try OwnProcess(
                [DemoWorkerCommand.name], environment: self.settings, output: log)
            state.workers.append(worker)
            return worker
        }
        let store = store
        let identity = try await JobWaiter(store).wait(atMost: Self.startMax) {
            try await store.workers().first { $0.worker.pid == worker.pid }?.worker.id
        }
        guard let identity else {
            throw CommandError(
                .failure,
                "A worker of the demo did not start in \(TimeText.short(Self.startMax)); its log "
                    + "is in \(store.folder.path).")
        }
        state.withLock { $0.identities.append(identity) }
        return worker
    }

    /// Asks all to leave and waits until they are gone.
    ///
    /// - Returns: whether the last one left by itself, without an error.
    func stop() async -> Bool {
        let workers = state.withLock { $0.workers }
        for worker in workers { worker.send(SIGTERM) }
        return await withTaskGroup(of: Int32?.self) { group in
            group.addTask {
                var code: Int32?
                for worker in workers { code = await worker.end() }
                return code
            }
            group.addTask {
                // Ended by cancellation once the workers are gone.
                try? await Task.sleep(for: Self.stopMax)
                if !Task.isCancelled { for worker in workers { worker.send(SIGKILL) } }
                return nil
            }
            var code: Int32?
            for await answer in group {
                if let answer {
                    code = answer
                    group.cancelAll()
                }
            }
            return code == 0
        }
    }

    /// Kills all and waits until they are gone.
    func kill() async {
        for worker in state.withLock({ $0.workers }) {
            worker.send(SIGKILL)
            _ = await worker.end()
        }
    }
}
