private import Glibc

/// Sleeps on the calling thread; only SQLite's busy handler does that, on GRDB's own queue.
func pause(microseconds: UInt32) {
    usleep(microseconds)
}
