internal import JSON
internal import MCP
private import Synchronization

extension TaskBoard: TaskProvider {
    private static let pageSize = 50

    func task(_ id: String, for principal: Principal) async throws -> TaskView? {
        owned(id, by: principal)?.view
    }

    func tasks(
        after cursor: String?, for principal: Principal
    ) async throws -> Listing<TaskView> {
        let known = state.withLock { state in
            state.order.compactMap { state.records[$0] }.filter { $0.owner == principal }
        }
        guard let first = cursor.map({ Int($0) }) ?? 0, (0...known.count).contains(first) else {
            throw RPCError.invalidParams("unknown cursor")
        }
        let page = known.dropFirst(first).prefix(Self.pageSize).map(\.view)
        let next = first + page.count
        return Listing(page, nextCursor: next < known.count ? String(next) : nil)
    }

    func changes(of id: String, for principal: Principal) -> AsyncStream<Void> {
        changes(of: id)
    }

    /// Yields after every change of a task from now on.
    func changes(of id: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLock { state in
            guard state.records[id] != nil else { return nil }
            state.nextListener += 1
            state.listeners[id, default: [:]][state.nextListener] = continuation
            return state.nextListener
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.listeners[id]?[number] = nil }
        }
        return stream
    }

    func cancel(
        _ id: String, for principal: Principal, hidesOutcome: Bool
    ) async throws -> TaskView? {
        guard let record = owned(id, by: principal) else { return nil }
        guard !record.isOver else { return record.view }
        change(id) { record in
            guard !record.isOver else { return }
            if hidesOutcome { record.view.isCancelledView = true }
            record.view.statusMessage = "Cancelling"
            record.view.updatedAt = self.clock.now()
        }
        state.withLock { $0.stops.removeValue(forKey: id) }?.finish()
        return owned(id, by: principal)?.view
    }

    func update(
        _ id: String, answers: [String: JSONValue], for principal: Principal
    ) async throws -> Bool {
        guard owned(id, by: principal) != nil else { return false }
        change(id) { record in
            var outstanding = record.outstanding
            let known = answers.filter { outstanding[$0.key] != nil }
            guard !known.isEmpty else { return }
            record.answers.merge(known) { first, _ in first }
            for key in known.keys { outstanding[key] = nil }
            let state = outstanding.isEmpty ? .working : TaskView.State.inputRequired(outstanding)
            record.enter(
                state, at: self.clock.now(),
                message: outstanding.isEmpty ? nil : record.view.statusMessage)
        }
        return true
    }

    private func owned(_ id: String, by principal: Principal) -> TaskRecord? {
        let now = clock.now()
        return state.withLock { state in
            state.removeExpired(at: now)
            return state.records[id].flatMap { $0.owner == principal ? $0 : nil }
        }
    }
}
