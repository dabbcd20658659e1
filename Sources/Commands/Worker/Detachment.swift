private import Bootstrap
private import CKomodo
private import Dispatch
private import Glibc

/// Starts a process that outlives this one: not a child of it, in a session of its own, with nothing
/// inherited but its settings.
///
/// An inherited pipe would keep a client waiting for the end of output, and a child in the caller's
/// session would be stopped with it. So this process spawns itself, that process spawns itself again
/// and ends, and the grandchild belongs to nobody. A kill of the whole container or cgroup still
/// ends it.
enum Detachment {
    /// Why no worker could be started.
    struct Failure: Error, CustomStringConvertible {
        /// A clause, such as "its log … cannot be written".
        let reason: String

        /// What the user of a command is told.
        var sentence: String {
            "The job is stored, but no worker could be started: \(reason). Start one with "
                + "'komodo-mcp worker'."
        }

        var description: String { reason }
    }

    private static let settingsDescriptor: Int32 = 3
    private static let handoverBytesMax = 1 << 20
    /// A larger log of on-demand workers is set aside, and the one before it dropped.
    private static let logBytesMax = 8 << 20

    /// Starts the worker and answers once it is on its own.
    static func launch(handover: String, log: String) async throws {
        let settings = try memoryFile(handover)
        defer { close(settings) }
        setAside(log)
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard output >= 0 else {
            let reason = String(cString: strerror(errno))
            throw failure("its log \(log) cannot be written (\(reason))")
        }
        defer { close(output) }
        let child = try spawn(
            ["on-demand-worker", "--launch"], settings: settings, output: output,
            ownSession: false)
        let status = await ended(child)
        guard status == 0 else { throw failure("it ended at once with status \(status)") }
    }

    /// Renames a log that has grown large.
    private static func setAside(_ log: String) {
        var facts = stat()
        guard stat(log, &facts) == 0, facts.st_size > logBytesMax else { return }
        rename(log, log + ".1")
    }

    /// The second step, in the intermediate process.
    static func spawnWorker() throws {
        guard isMemoryFile(settingsDescriptor) else { throw notByHand }
        _ = try spawn(
            ["on-demand-worker"], settings: settingsDescriptor, output: STDOUT_FILENO,
            ownSession: true)
    }

    /// The settings that were handed over.
    static func readHandover() throws -> String {
        // Started by hand, the descriptor may belong to a library of this very process.
        guard isMemoryFile(settingsDescriptor) else { throw notByHand }
        lseek(settingsDescriptor, 0, SEEK_SET)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= handoverBytesMax {
            let count = read(settingsDescriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        close(settingsDescriptor)
        guard !bytes.isEmpty, bytes.count <= handoverBytesMax else { throw notByHand }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What commands say that are not for people.
    static var notByHand: CommandError {
        CommandError(.usage, "This command is started by others; use 'komodo-mcp worker'.")
    }

    private static func isMemoryFile(_ descriptor: Int32) -> Bool {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
            && facts.st_nlink == 0
    }

    /// A file without a name: its content is in no directory and in no list of arguments.
    private static func memoryFile(_ text: String) throws -> Int32 {
        let descriptor = komodo_memory_file("settings")
        guard descriptor >= 0 else { throw failure("no memory file can be made") }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            close(descriptor)
            throw failure("its settings cannot be written")
        }
        return descriptor
    }

    private static func spawn(
        _ arguments: [String], settings: Int32, output: Int32, ownSession: Bool
    ) throws -> pid_t {
        try withStrings(["komodo-mcp"] + arguments) { argv in
            try withStrings(environment()) { environment in
                var child: pid_t = 0
                let error = komodo_spawn_self(
                    argv, environment, settings, output, ownSession ? 1 : 0, &child)
                guard error == 0 else { throw failure(String(cString: strerror(error))) }
                return child
            }
        }
    }

    /// What the worker may know of our environment: not the settings, which would stand in
    /// `/proc/<pid>/environ` for its whole life.
    private static func environment() -> [String] {
        ProcessEnvironment.variables()
            .filter { !$0.key.hasPrefix("KOMODO_") && $0.key != "NOTIFY_SOCKET" }
            .map { "\($0.key)=\($0.value)" }
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> Result
    ) rethrows -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return try body(copies + [nil])
    }

    /// Waits for the intermediate process on a thread that may block.
    private static func ended(_ child: pid_t) async -> Int32 {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var status: Int32 = 0
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
                continuation.resume(returning: status)
            }
        }
    }

    private static func failure(_ reason: String) -> Failure { Failure(reason: reason) }
}
