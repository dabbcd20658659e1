private import Glibc

/// Sleeps on the calling thread; only opening a file, checkpoints and what waits between commits on
/// GRDB's own queue do that.
func pause(microseconds: UInt32) {
    usleep(microseconds)
}
