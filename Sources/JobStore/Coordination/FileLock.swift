private import Glibc

/// An advisory lock on a file, held until this value is gone or its process ends, however it ends.
///
/// The descriptor is not inherited (`O_CLOEXEC`), or a child would keep a dead worker alive.
package final class FileLock: Sendable {
    private let descriptor: Int32
    /// The locked file.
    package let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// What came of an attempt to lock.
    package enum Attempt: Sendable {
        case acquired(FileLock)
        case heldByAnother
        case missing
        /// The file cannot be opened, for example for lack of permission.
        case unreadable
    }

    /// Tries to take the lock without waiting.
    ///
    /// - Parameter creates: whether a missing file is made.
    package static func attempt(_ path: String, creates: Bool) -> Attempt {
        let flags = O_RDWR | O_CLOEXEC | (creates ? O_CREAT : 0)
        let descriptor = open(path, flags, 0o660)
        guard descriptor >= 0 else { return errno == ENOENT ? .missing : .unreadable }
        // The process's umask may have taken the group's bits away; the folder keeps others out.
        if creates { fchmod(descriptor, 0o660) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return .heldByAnother
        }
        // The file may have been removed between opening and locking; such a lock protects nothing.
        var opened = stat()
        var named = stat()
        guard fstat(descriptor, &opened) == 0, stat(path, &named) == 0,
            opened.st_ino == named.st_ino
        else {
            close(descriptor)
            return creates ? attempt(path, creates: true) : .missing
        }
        return .acquired(FileLock(descriptor: descriptor, path: path))
    }

    /// Removes the file while holding its lock.
    package func remove() {
        unlink(path)
    }
}
