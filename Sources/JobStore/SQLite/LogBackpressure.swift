/// Slows a process's commits down while the write-ahead log is longer than its file should be.
///
/// A log cannot start anew while somebody reads what was before it; without this it would grow
/// meanwhile as fast as the disk takes it.
struct LogBackpressure: Sendable {
    private let log: WriteAheadFile

    /// The longest pause after a commit.
    private static let pauseMillisecondsMax = 500
    /// For each mebibyte too much.
    private static let pauseMillisecondsPerMebibyte = 25
    private static let lookMicroseconds: UInt32 = 5_000

    init(_ log: WriteAheadFile) { self.log = log }

    /// How long the next commit is put off when so many bytes of the log are in use.
    static func delay(walBytes: Int) -> Duration {
        let mebibytes = max(0, walBytes - Checkpointer.walBytesMax) >> 20
        return .milliseconds(min(mebibytes * pauseMillisecondsPerMebibyte, pauseMillisecondsMax))
    }

    /// Blocks its thread after a commit, for no longer than the log stays too long.
    ///
    /// - Parameter walBytes: how much of the log was in use at the commit.
    func holdUp(after walBytes: Int) {
        let end = ContinuousClock.now + Self.delay(walBytes: walBytes)
        while ContinuousClock.now < end, log.bytesInUse > Checkpointer.walBytesMax {
            pause(microseconds: Self.lookMicroseconds)
        }
    }
}
