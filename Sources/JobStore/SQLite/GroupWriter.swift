internal import GRDB
private import Jobs
private import Synchronization

/// Commits the writes of many callers together, one savepoint each, on GRDB's writer queue.
///
/// What arrives while a commit is under way becomes the next group, so one caller alone waits for
/// nobody and many share one fsync. It also keeps a cancelled task from rolling back its write, as
/// GRDB's own asynchronous functions would. Replies follow the commit; when the commit fails, every
/// write of the group fails.
final class GroupWriter: Sendable {
    /// The most writes in one commit, so that nobody waits long.
    static let groupMax = 256
    /// The most writes that wait; more are refused as busy.
    static let backlogMax = 10_000

    private struct Write: Sendable {
        let rings: Bool
        /// Runs the caller's body and remembers its result; throws what the body throws.
        let run: @Sendable (Database) throws -> Void
        /// Tells the caller; an error here is one of the whole group.
        let reply: @Sendable ((any Error)?) -> Void
    }

    private struct State {
        var waiting = Backlog<Write>()
        var isRunning = false
    }

    private let pool: any DatabaseWriter
    private let backlogMax: Int
    private let beforeReply: @Sendable () -> Void
    private let afterCommit: @Sendable (_ rings: Bool) -> Void
    private let state = Mutex(State())

    /// Commits through the writing connection of `pool`.
    ///
    /// - Parameters:
    ///   - beforeReply: called after each commit, before anybody hears of it.
    ///   - afterCommit: called after each commit, with whether others should hear of it.
    init(
        pool: any DatabaseWriter, backlogMax: Int = GroupWriter.backlogMax,
        beforeReply: @escaping @Sendable () -> Void = {},
        afterCommit: @escaping @Sendable (_ rings: Bool) -> Void
    ) {
        self.pool = pool
        self.backlogMax = backlogMax
        self.beforeReply = beforeReply
        self.afterCommit = afterCommit
    }

    /// Runs `body` in a savepoint of the next group and answers once it is on disk.
    ///
    /// - Throws: `busy`, and nothing is run, when too many writes wait already.
    func write<Value: Sendable>(
        rings: Bool, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = Outcome<Value>()
            let write = Write(
                rings: rings,
                run: { db in
                    do {
                        outcome.value.withLock { $0 = nil }
                        let value = try body(db)
                        outcome.value.withLock { $0 = .success(value) }
                    } catch {
                        outcome.value.withLock { $0 = .failure(error) }
                        throw error
                    }
                },
                reply: { error in
                    if let error {
                        continuation.resume(throwing: error)
                    } else if let result = outcome.value.withLock({ $0 }) {
                        continuation.resume(with: result)
                    } else {
                        preconditionFailure("a write of a committed group has run")
                    }
                })
            enqueue(write)
        }
    }

    private final class Outcome<Value: Sendable>: Sendable {
        let value = Mutex<Result<Value, any Error>?>(nil)
    }

    /// Where a write stands that has just come.
    private enum Place { case first, behindOthers, none }

    private func enqueue(_ write: Write) {
        let place = state.withLock { state -> Place in
            guard state.waiting.count < backlogMax else { return .none }
            state.waiting.append(write)
            defer { state.isRunning = true }
            return state.isRunning ? .behindOthers : .first
        }
        switch place {
        case .first: pool.asyncWriteWithoutTransaction { db in self.drain(db) }
        case .behindOthers: return
        case .none:
            write.reply(
                StoreError(
                    .busy,
                    "\(backlogMax) writes wait for the database already; try again in a moment."))
        }
    }

    /// How many writes wait for the next group.
    var waitingCount: Int { state.withLock { $0.waiting.count } }
    /// Whether a group is being written.
    var isWriting: Bool { state.withLock { $0.isRunning } }

    private func drain(_ db: Database) {
        while let group = nextGroup() {
            commit(group, db)
        }
    }

    private func nextGroup() -> [Write]? {
        state.withLock { state in
            let group = state.waiting.take(Self.groupMax)
            state.isRunning = !group.isEmpty
            return group.isEmpty ? nil : group
        }
    }

    private func commit(_ group: [Write], _ db: Database) {
        do {
            try db.inTransaction(.immediate) {
                for write in group { try runInSavepoint(write, db) }
                return .commit
            }
            beforeReply()
            for write in group { write.reply(nil) }
            afterCommit(group.contains(where: \.rings))
        } catch {
            for write in group { write.reply(error) }
        }
    }

    /// A body that fails undoes its own changes only.
    private func runInSavepoint(_ write: Write, _ db: Database) throws {
        do {
            try db.inSavepoint {
                try write.run(db)
                return .commit
            }
        } catch let error as DatabaseError where error.endsTransaction {
            throw error
        } catch {
            // The caller gets this error as its own result once the group is committed.
        }
    }
}

extension DatabaseError {
    /// Whether SQLite has rolled back the whole transaction, or must be made to.
    fileprivate var endsTransaction: Bool {
        switch resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_BUSY, .SQLITE_CORRUPT: true
        default: false
        }
    }
}
