private import Glibc

/// Sleeps on the calling thread; only opening a file and SQLite's busy handler, on GRDB's own
/// queue, do that.
func pause(microseconds: UInt32) {
    usleep(microseconds)
}
