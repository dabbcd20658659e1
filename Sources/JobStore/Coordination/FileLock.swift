private import CKomodo
private import Glibc
private import Synchronization

/// An advisory lock on a file, held until this value is gone or its process ends, however it ends.
///
/// The descriptor is not inherited (`O_CLOEXEC`), or a child would keep a dead worker alive. Its
/// number stays the same when the file has to be made again, see ``keepInPlace()``.
package final class FileLock: Sendable {
    private let descriptor: Int32
    /// The locked file.
    package let path: String
    /// Whether its holder has removed the file, and wants it back no more.
    private let isGivenUp = Mutex(false)

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
        case unreadable(SystemFault)
    }

    /// Tries to take the lock without waiting.
    ///
    /// - Parameter creates: whether a missing file is made.
    package static func attempt(_ path: String, creates: Bool) -> Attempt {
        let descriptor: Int32
        switch lockedDescriptor(path, creates: creates) {
        case .success(let locked): descriptor = locked
        case .failure(let refusal): return refusal.attempt
        }
        // The file may have been removed between opening and locking; such a lock protects nothing.
        guard FileIdentity(descriptor) == FileIdentity(path) else {
            close(descriptor)
            return creates ? attempt(path, creates: true) : .missing
        }
        return .acquired(FileLock(descriptor: descriptor, path: path))
    }

    private struct Refusal: Error {
        let attempt: Attempt
    }

    private static func lockedDescriptor(
        _ path: String, creates: Bool
    ) -> Result<Int32, Refusal> {
        let flags = O_RDWR | O_CLOEXEC | (creates ? O_CREAT : 0)
        let descriptor = open(path, flags, 0o660)
        guard descriptor >= 0 else {
            let fault = SystemFault.last
            return .failure(
                Refusal(attempt: fault.number == ENOENT ? .missing : .unreadable(fault)))
        }
        // The process's umask may have taken the group's bits away; the folder keeps others out.
        if creates { fchmod(descriptor, 0o660) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return .failure(Refusal(attempt: .heldByAnother))
        }
        return .success(descriptor)
    }

    /// Makes the file again and locks that, when somebody else has removed it: to everybody else
    /// the holder looked dead.
    ///
    /// - Returns: whether the lock is held where others look for it.
    package func keepInPlace() -> Bool {
        isGivenUp.withLock { isGivenUp in
            if isGivenUp { return false }
            if FileIdentity(descriptor) == FileIdentity(path) { return true }
            guard case .success(let locked) = Self.lockedDescriptor(path, creates: true) else {
                return false
            }
            defer { close(locked) }
            // Both now mean the new file, which stays locked until the last of them is closed.
            return komodo_replace_descriptor(descriptor, locked) >= 0
                && FileIdentity(descriptor) == FileIdentity(path)
        }
    }

    /// Gives the lock up by removing the file while holding it.
    package func remove() {
        isGivenUp.withLock { isGivenUp in
            isGivenUp = true
            // Another process may have made and locked a new file there.
            if FileIdentity(descriptor) == FileIdentity(path) { unlink(path) }
        }
    }
}
