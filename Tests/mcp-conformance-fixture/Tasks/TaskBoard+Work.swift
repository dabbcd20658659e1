internal import JSON
internal import MCP
private import Synchronization

extension TaskBoard {
    /// Works on one task until its end or its cancellation.
    func perform(_ job: Job) async {
        let end = await withTaskGroup(of: TaskView.State.self) { group in
            group.addTask { await self.outcome(of: job) }
            group.addTask {
                for await _ in job.stop {}
                return .cancelled
            }
            defer { group.cancelAll() }
            return await group.next() ?? .cancelled
        }
        change(job.id) { $0.enter(end, at: self.clock.now()) }
        state.withLock { $0.stops[job.id] = nil }
    }

    private func outcome(of job: Job) async -> TaskView.State {
        do {
            return .ended(.result(try await job.work(TaskDesk(job.id, on: self))))
        } catch let error as RPCError {
            return .ended(.failure(error))
        } catch is CancellationError {
            return .cancelled
        } catch {
            return .ended(.failure(.internalError()))
        }
    }

    /// Shows requests to the client.
    func put(_ requests: [String: ClientRequest], to id: String) {
        change(id) {
            $0.enter(.inputRequired(requests), at: self.clock.now(), message: "Waiting for answers")
        }
    }

    /// The answers to all of `keys`; nil as long as one is missing.
    func answers(of id: String, for keys: [String]) -> [String: JSONValue]? {
        state.withLock { state in
            guard let answers = state.records[id]?.answers else { return nil }
            return keys.allSatisfy { answers[$0] != nil } ? answers : nil
        }
    }

    /// Changes a task and tells its listeners.
    func change(_ id: String, _ body: (inout TaskRecord) -> Void) {
        let listeners = state.withLock { state in
            guard var record = state.records[id] else {
                return [AsyncStream<Void>.Continuation]()
            }
            body(&record)
            state.records[id] = record
            return state.listeners[id].map { Array($0.values) } ?? []
        }
        for listener in listeners { listener.yield() }
    }
}
