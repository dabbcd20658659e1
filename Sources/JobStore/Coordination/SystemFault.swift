internal import Glibc

/// Why the operating system refused a call about a file, by its error number.
package struct SystemFault: Sendable, Hashable {
    package let number: Int32

    package init(_ number: Int32) {
        self.number = number
    }

    /// The error of the call that has just failed.
    static var last: SystemFault { SystemFault(errno) }

    /// The sentence about `path`: what is wrong with the machine, or else that `failure`, such as
    /// "the folder … cannot be made", and why; and what to do.
    ///
    /// - Parameter hint: what to do where the permissions are wrong.
    package func error(
        _ path: String, _ failure: String, hint: String = "check the permissions",
        cause: (any Error)? = nil
    ) -> StoreError {
        if let (code, sentence) = machineFault(path) {
            return StoreError(code, sentence, cause: cause)
        }
        let words = String(cString: strerror(number)).lowercasedStart
        return StoreError(
            .notPermitted, "\(failure.capitalizedStart): \(words); \(hint).", cause: cause)
    }

    /// What is wrong with the machine, when it is that, whatever was to be done.
    func machineFault(_ path: String) -> (StoreError.Code, String)? {
        switch number {
        case ENOSPC:
            if FileSystemFacts(near: path)?.hasFileRoom == false {
                return (
                    .full,
                    "The disk that holds \(path) is full: it has no room for another file; delete "
                        + "some files and try again."
                )
            }
            return (
                .full, "The disk that holds \(path) is full; free some space and try again."
            )
        case EDQUOT:
            return (
                .full,
                "The disk quota for \(path) is used up; free some space, or have it raised, and "
                    + "try again."
            )
        case EROFS:
            return (
                .readOnly,
                "The file system of \(path) is read-only; make it writable, or name another "
                    + "database with --db."
            )
        case EMFILE:
            return (
                .machineFailed,
                "\(path) cannot be used: this program has as many files open as it may; raise "
                    + "the limit with 'ulimit -n' or LimitNOFILE=."
            )
        case ENFILE:
            return (
                .machineFailed,
                "\(path) cannot be used: the machine has too many files open; end some programs, "
                    + "or raise fs.file-max."
            )
        case ENOMEM:
            return (
                .machineFailed,
                "\(path) cannot be used: there is not enough memory; end some programs, or allow "
                    + "this one more."
            )
        case EIO:
            return (
                .machineFailed,
                "The disk that holds \(path) failed (input/output error); 'dmesg' tells more."
            )
        default: return nil
        }
    }
}

extension SystemFault {
    /// What is wrong with the machine at `path` right now, as far as a look at it tells.
    ///
    /// For errors of SQLite, whose codes do not say why a file could not be opened or extended.
    static func apparent(at path: String) -> SystemFault? {
        let descriptor = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return .last }
        close(descriptor)
        guard let facts = FileSystemFacts(near: path) else { return nil }
        if facts.isReadOnly { return SystemFault(EROFS) }
        if !facts.hasRoom || !facts.hasFileRoom { return SystemFault(ENOSPC) }
        return nil
    }
}

/// What the file system of a path has left.
private struct FileSystemFacts {
    let isReadOnly: Bool
    let hasRoom: Bool
    /// Whether another file can be made; file systems without a fixed number of files always can.
    let hasFileRoom: Bool

    /// A new log and its index need about so much.
    private static let roomBytes: UInt = 64 << 10

    /// Nil when neither the path nor its folder can be looked at.
    init?(near path: String) {
        var facts = statvfs()
        guard statvfs(path, &facts) == 0 || statvfs(DatabaseFile.folder(of: path), &facts) == 0
        else { return nil }
        isReadOnly = facts.f_flag & UInt(ST_RDONLY) != 0
        // Those of the kernel have no size.
        hasRoom =
            facts.f_blocks == 0
            || UInt(facts.f_bavail) * UInt(facts.f_frsize) >= Self.roomBytes
        hasFileRoom = facts.f_files == 0 || facts.f_favail > 0
    }
}

extension String {
    fileprivate var capitalizedStart: String { prefix(1).uppercased() + dropFirst() }
    fileprivate var lowercasedStart: String { prefix(1).lowercased() + dropFirst() }
}
