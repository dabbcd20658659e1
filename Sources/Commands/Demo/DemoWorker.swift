private import CKomodo
private import Dispatch
private import Glibc
private import Synchronization

/// A worker of the demo: a process of its own, as it would be on a real machine.
final class DemoWorker: Sendable {
    /// The id of its process.
    let pid: Int
    /// How its process ended, once it has.
    private let status = Mutex<Int32?>(nil)
    /// The end of a pipe that closes with this process, however that ends; the worker's life.
    private let lifeline: Int32

    /// Starts the worker.
    ///
    /// - Parameters:
    ///   - settings: the whole environment of the process.
    ///   - log: the file that it logs to.
    init(settings: [String: String], log: String) throws {
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw Self.failure("its log \(log) cannot be written") }
        defer { close(output) }
        // The worker gets its settings from the environment; this descriptor carries no byte.
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failure("no pipe can be made") }
        defer { close(ends[0]) }
        lifeline = ends[1]
        var child: pid_t = 0
        let error = Self.withStrings(["komodo-mcp", DemoWorkerCommand.name]) { arguments in
            Self.withStrings(settings.map { "\($0.key)=\($0.value)" }) { environment in
                komodo_spawn_self(arguments, environment, ends[0], output, 0, &child)
            }
        }
        guard error == 0 else {
            close(lifeline)
            throw Self.failure(String(cString: strerror(error)))
        }
        pid = Int(child)
    }

    deinit { close(lifeline) }

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

    private static func failure(_ reason: String) -> CommandError {
        CommandError(.failure, "A worker of the demo could not be started: \(reason).")
    }
}
