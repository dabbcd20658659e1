private import Glibc

extension ProtocolClock {
    /// The machine's clocks.
    package static let system = ProtocolClock(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            let milliseconds = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
            return Timestamp(milliseconds: milliseconds)
        },
        uptime: { start.duration(to: .now) },
        sleep: { try await Task.sleep(for: $0) })

    private static let start = ContinuousClock.now
}
