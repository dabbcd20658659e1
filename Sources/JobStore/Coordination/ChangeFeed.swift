private import GRDB
private import Synchronization

/// Tells any number of waiters of one process that the database may have changed.
///
/// One doorbell and one look a second serve all of them, however many there are; ``run()`` has to be
/// running.
package final class ChangeFeed: Sendable {
    private let listener: ChangeListener?
    private let version: DatabaseQueue
    private let waiters = Mutex(Waiters())
    private let sleep: @Sendable (Duration) async throws -> Void

    private struct Waiters {
        var next: UInt64 = 0
        var bells: [UInt64: AsyncStream<Void>.Continuation] = [:]
    }

    /// The longest time after which a change is seen whose ring was lost.
    package static let tick: Duration = .seconds(1)

    /// Listens under a name that is unique among processes.
    ///
    /// - Throws: ``StoreError`` when the database cannot be opened once more.
    package init(
        _ store: SQLiteJobStore, name: String,
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await ContinuousClock().sleep(for: $0)
        }
    ) throws(StoreError) {
        // Without a doorbell, for example in a folder that is read-only, the looks are enough.
        listener = try? ChangeListener(folder: store.folder, name: name)
        self.sleep = sleep
        do {
            var configuration = Configuration()
            configuration.label = "changes"
            configuration.readonly = true
            version = try DatabaseQueue(path: store.path, configuration: configuration)
        } catch {
            throw StoreError(error, path: store.path)
        }
    }

    /// An element at once, and one soon after every commit of any process; bursts are merged.
    package func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = waiters.withLock { waiters in
            waiters.next += 1
            waiters.bells[waiters.next] = continuation
            return waiters.next
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.waiters.withLock { $0.bells.removeValue(forKey: id) }
        }
        continuation.yield()
        return stream
    }

    /// Calls `look` at once and after every change, until it answers a value or time is up.
    ///
    /// - Returns: the value; nil when the time was up first.
    package func wait<Value: Sendable>(
        atMost limit: Duration?, _ look: @escaping @Sendable () async throws -> Value?
    ) async throws -> Value? {
        let changes = changes()
        let sleep = sleep
        let found = try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                for await _ in changes {
                    if let value = try await look() { return value }
                }
                throw CancellationError()
            }
            if let limit {
                group.addTask {
                    try await sleep(limit)
                    return nil
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        if let found { return found }
        // What happened in the last moment counts.
        return try await look()
    }

    /// Passes rings on until it is cancelled.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            if let listener {
                group.addTask { for await _ in listener.rings { self.tell() } }
            }
            group.addTask { await self.lookEverySecond() }
        }
    }

    private func tell() {
        // Yielding may end in `onTermination`, which takes the lock as well.
        let bells = waiters.withLock { Array($0.bells.values) }
        for bell in bells { bell.yield() }
    }

    private func lookEverySecond() async {
        var known: Int64?
        while true {
            // Only cancellation ends the sleep early.
            guard (try? await sleep(Self.tick)) != nil else { return }
            listener?.keepInPlace()
            guard waiters.withLock({ !$0.bells.isEmpty }) else { continue }
            // A database that cannot be read now is looked at again by the waiters themselves.
            let current = try? await version.read { db in
                try Int64.fetchOne(db, sql: "PRAGMA data_version")
            }
            if current == nil || current != known { tell() }
            known = current
        }
    }
}
