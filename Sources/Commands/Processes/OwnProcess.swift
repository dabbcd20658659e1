private import CKomodo
private import Dispatch
private import Glibc
private import Synchronization

/// This program with other words, as a process of its own that ends with this one.
final class OwnProcess: Sendable {
    /// The id of the process.
    let pid: Int
    /// How the process ended, once it has.
    private let status = Mutex<Int32?>(nil)
    /// The end of a pipe that closes with this process, however that ends; see ``Lifeline``.
    private let lifeline: Int32

    /// Starts it.
    ///
    /// - Parameters:
    ///   - words: the command and its arguments.
    ///   - environment: all its variables.
    ///   - output: the file that what it prints is added to.
    init(_ words: [String], environment: [String: String], output: String) throws {
        let file = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure(words, "\(output) cannot be written") }
        defer { close(file) }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failure(words, "no pipe can be made") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        lifeline = ends[1]
        var child: pid_t = 0
        let error = Self.withStrings(["komodo-mcp"] + words) { arguments in
            Self.withStrings(environment.map { "\($0.key)=\($0.value)" }) { variables in
                komodo_spawn_self(arguments, variables, ends[0], file, 0, &child)
            }
        }
        guard error == 0 else {
            close(lifeline)
            throw Self.failure(words, String(cString: strerror(error)))
        }
        pid = Int(child)
    }

    deinit { close(lifeline) }

    /// Tells it to begin, if it waits for that.
    func begin() {
        var byte: UInt8 = 1
        // It may have ended, which is noticed elsewhere.
        _ = write(lifeline, &byte, 1)
    }

    /// How it ended, once it has.
    var outcome: Int32? {
        if let known = status.withLock({ $0 }) { return known }
        var facts = siginfo_t()
        let isOver =
            waitid(P_PID, id_t(pid), &facts, WEXITED | WNOWAIT | WNOHANG) == 0
            && facts.si_signo == SIGCHLD
        return isOver ? reap() : nil
    }

    /// Sends a signal, unless the process is gone and its id may be another's.
    func send(_ signal: Int32) {
        status.withLock { status in
            if status == nil { _ = kill(pid_t(pid), signal) }
        }
    }

    /// Waits for the end of the process.
    ///
    /// - Returns: its exit code; minus the number of the signal that killed it.
    func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            // Waits on a thread that may block.
            DispatchQueue.global().async { continuation.resume(returning: self.reap()) }
        }
    }

    private func reap() -> Int32 {
        if let known = status.withLock({ $0 }) { return known }
        // Without taking the status away, so that the id stays ours until it is noted.
        var facts = siginfo_t()
        while waitid(P_PID, id_t(pid), &facts, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return status.withLock { status in
            if let status { return status }
            var word: Int32 = 0
            while waitpid(pid_t(pid), &word, 0) < 0, errno == EINTR {}
            let signal = word & 0x7F
            let ended = signal == 0 ? (word >> 8) & 0xFF : -signal
            status = ended
            return ended
        }
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }

    private static func failure(_ words: [String], _ reason: String) -> CommandError {
        CommandError(
            .failure, "'\(words.first ?? "komodo-mcp")' could not be started: \(reason).")
    }
}
