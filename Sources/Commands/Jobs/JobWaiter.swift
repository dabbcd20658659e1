internal import JobStore
internal import Jobs

/// Waits for jobs by the doorbell, with a look every second in case a ring is lost.
struct JobWaiter: Sendable {
    let store: SQLiteJobStore
    private let listener: ChangeListener?

    private static let tick: Duration = .seconds(1)

    init(_ store: SQLiteJobStore) {
        self.store = store
        // Without a doorbell, for example in a folder that is read-only, the ticks are enough.
        listener = try? ChangeListener(
            folder: store.folder,
            name: "wait-" + String(UInt64.random(in: .min ... .max), radix: 36))
    }

    /// Calls `look` at once and after every change, until it answers a value or time is up.
    ///
    /// - Returns: the value; nil when the time was up first.
    func wait<Value: Sendable>(
        atMost limit: Duration?, _ look: @escaping @Sendable () async throws -> Value?
    ) async throws -> Value? {
        let end = limit.map { ContinuousClock.now + $0 }
        let changes = changes()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                if let value = try await look() { return value }
                for await _ in changes.stream {
                    if let value = try await look() { return value }
                }
                return nil
            }
            group.addTask {
                if let listener {
                    for await _ in listener.rings { changes.continuation.yield() }
                }
                // Reached when there is no doorbell, or on cancellation.
                try await Task.sleep(for: .seconds(86_400 * 365))
                return nil
            }
            group.addTask {
                while end.map({ ContinuousClock.now < $0 }) ?? true {
                    let rest = end.map { $0 - ContinuousClock.now } ?? Self.tick
                    try await Task.sleep(for: min(max(rest, .zero), Self.tick))
                    changes.continuation.yield()
                }
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private func changes() -> (
        stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation
    ) {
        AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Waits until a job is finished; nil when time is up first.
    ///
    /// - Parameter each: called with the job whenever it has changed.
    func end(
        of job: JobRecord, atMost limit: Duration?,
        each: @escaping @Sendable (JobRecord) -> Void = { _ in }
    ) async throws -> JobRecord? {
        let store = store
        return try await wait(atMost: limit) {
            guard let current = try await store.job(row: job.row) else {
                throw CommandError(.notFound, "\(job.id) was removed from the database.")
            }
            each(current)
            return current.state.isTerminal ? current : nil
        }
    }
}

extension JobRecord {
    /// The exit code of a command that waited for this job.
    var exitStatus: ExitStatus {
        switch state {
        case .success: .success
        case .failed(.outcomeUnknown): .outcomeUnknown
        case .failed(.deadline): .timedOut
        case .failed: .jobFailed
        case .cancelled: .jobCancelled
        case .pending, .starting, .running: .timedOut
        }
    }
}
