internal import GRDB
private import Jobs
private import Synchronization

/// Commits the writes of many callers together on GRDB's writer queue.
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

    /// Runs `body` in the transaction of the next group and answers once it is on disk.
    ///
    /// `body` may be run twice, of which the first time leaves no trace.
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
            let isWhole = try commitAsOne(group, db)
            if !isWhole, group.count > 1 { try commitApart(group, db) }
            let hasWritten = isWhole || group.count > 1
            if hasWritten { beforeReply() }
            for write in group { write.reply(nil) }
            if hasWritten { afterCommit(group.contains(where: \.rings)) }
        } catch {
            for write in group { write.reply(error) }
        }
    }

    /// Commits what hardly ever fails without the cost of a savepoint each, which copies every page
    /// that is changed in it.
    ///
    /// - Returns: false, and nothing is written, when somebody's body failed.
    private func commitAsOne(_ group: [Write], _ db: Database) throws -> Bool {
        var isWhole = true
        try db.inTransaction(.immediate) {
            for write in group where isWhole {
                isWhole = try succeeds { try write.run(db) }
            }
            return isWhole ? .commit : .rollback
        }
        return isWhole
    }

    /// Commits a group of which a body has failed: it undoes its own changes only.
    private func commitApart(_ group: [Write], _ db: Database) throws {
        try db.inTransaction(.immediate) {
            for write in group {
                _ = try succeeds {
                    try db.inSavepoint {
                        try write.run(db)
                        return .commit
                    }
                }
            }
            return .commit
        }
    }

    /// Whether a body does not fail; its caller gets the error as its own result.
    private func succeeds(_ body: () throws -> Void) throws -> Bool {
        do {
            try body()
            return true
        } catch let error as DatabaseError where error.endsTransaction {
            throw error
        } catch {
            return false
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
