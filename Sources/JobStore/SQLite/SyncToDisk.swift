internal import Glibc

/// Puts a file, or the names in a folder, on disk; false, with `errno`, when that is not certain.
func syncToDisk(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    let isSynced = fsync(descriptor) == 0
    let error = errno
    close(descriptor)
    errno = error
    return isSynced
}
