private import Glibc
private import Synchronization

/// Sees to it that nothing of a deleted secret stays in the files.
///
/// SQLite writes zeros over what is deleted (`secure_delete`), but the write-ahead log keeps the
/// pages of before until it is cut, and the database has its zeros only after a checkpoint. So
/// whoever deletes a secret leaves a mark beside the database, on disk before the commit is; the
/// next checkpoint cuts the log and takes the mark away.
final class SecretTraces: Sendable {
    private let folder: String
    private let mark: String
    /// The mark while a checkpoint is at it; it stays when the process dies meanwhile.
    private let taken: String
    private let state = Mutex(State())

    private struct State {
        /// Whether there was a deletion since the last look.
        var hasNews = false
        /// Whether a mark could not be made, and whether a checkpoint is at that; only this process
        /// knows then.
        var isUnmarked = false
        var isTaken = false
        /// Whether the folder itself is on disk.
        var isFolderSynced = false
    }

    private static let mode: mode_t = 0o660

    init(folder: StateFolder) {
        self.folder = folder.path
        mark = folder.erasureMark
        taken = mark + ".taken"
    }

    /// Whether a checkpoint has to cut the log.
    var areLeft: Bool {
        access(mark, F_OK) == 0 || access(taken, F_OK) == 0
            || state.withLock { $0.isUnmarked || $0.isTaken }
    }

    /// Leaves the mark, on disk; called in the transaction that deletes.
    func leave() {
        state.withLock { state in
            // The transaction has the write lock, without which nobody takes the mark away.
            if state.hasNews, access(mark, F_OK) == 0 { return }
            state.hasNews = true
            if !makeMark(&state) { state.isUnmarked = true }
        }
    }

    /// Whether this process has committed a deletion since the last call.
    func takeNews() -> Bool {
        state.withLock { state in
            defer { state.hasNews = false }
            return state.hasNews
        }
    }

    /// Sets the mark aside for a checkpoint that cuts the log; called with the write lock held, so
    /// that each mark is of a deletion that is committed or undone.
    ///
    /// - Returns: whether there was one, also one that an earlier checkpoint did not come to.
    func take() -> Bool {
        state.withLock { state in
            state.isTaken = state.isTaken || state.isUnmarked
            state.isUnmarked = false
            return rename(mark, taken) == 0 || access(taken, F_OK) == 0 || state.isTaken
        }
    }

    /// Takes the mark away after the log was cut.
    func clear() {
        state.withLock { $0.isTaken = false }
        unlink(taken)
    }

    /// - Returns: whether the mark is sure to outlast a power cut. It is not in a folder that cannot
    ///   be written to; a job must end there too.
    private func makeMark(_ state: inout State) -> Bool {
        let descriptor = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, Self.mode)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        if !state.isFolderSynced {
            state.isFolderSynced = syncToDisk(DatabaseFile.folder(of: folder))
        }
        return fsync(descriptor) == 0 && syncToDisk(folder) && state.isFolderSynced
    }
}
