private import Glibc
private import Synchronization

/// Sees to it that nothing of a deleted secret stays in the files.
///
/// SQLite writes zeros over what is deleted (`secure_delete`), but the write-ahead log keeps the
/// pages of before until it is cut, and the database has its zeros only after a checkpoint. So
/// whoever deletes a secret leaves a mark beside the database; the next checkpoint cuts the log and
/// takes the mark away.
final class SecretTraces: Sendable {
    private let mark: String
    /// The mark while a checkpoint is at it; it stays when the process dies meanwhile.
    private let taken: String
    private let hasNews = Atomic<Bool>(false)

    private static let mode: mode_t = 0o660

    init(folder: StateFolder) {
        mark = folder.erasureMark
        taken = mark + ".taken"
    }

    /// Whether a checkpoint has to cut the log.
    var areLeft: Bool { access(mark, F_OK) == 0 || access(taken, F_OK) == 0 }

    /// Leaves the mark; called before the commit, so that it is there even if the process dies then.
    func leave() {
        hasNews.store(true, ordering: .relaxed)
        makeMark()
    }

    /// Whether this process has committed a deletion since the last call.
    func takeNews() -> Bool {
        guard hasNews.exchange(false, ordering: .relaxed) else { return false }
        // A checkpoint between the mark and the commit took it away too early.
        makeMark()
        return true
    }

    /// Sets the mark aside, right before a checkpoint that cuts the log: whoever deletes a secret
    /// meanwhile leaves another one.
    ///
    /// - Returns: whether there was one, also one that an earlier checkpoint did not come to.
    func take() -> Bool { rename(mark, taken) == 0 || access(taken, F_OK) == 0 }

    /// Takes the mark away after the log was cut.
    func clear() { unlink(taken) }

    /// In a folder that cannot be written to, the log is cut when it has grown.
    private func makeMark() {
        let descriptor = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, Self.mode)
        if descriptor >= 0 { close(descriptor) }
    }
}
