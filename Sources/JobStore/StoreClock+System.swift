private import Glibc
private import Jobs

extension StoreClock {
    /// The machine's clocks.
    package static let system = StoreClock(
        now: { Timestamp(milliseconds: milliseconds(of: CLOCK_REALTIME)) },
        sinceBoot: { milliseconds(of: CLOCK_BOOTTIME) },
        bootID: readBootID(),
        random: { UInt64.random(in: .min ... .max) })

    private static func milliseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// The kernel's boot id; a container that hides it gets one per process, which only costs the
    /// tokens that the budget had saved.
    private static func readBootID() -> String {
        let text = KernelFile.text("/proc/sys/kernel/random/boot_id")
        return text?.filter { !$0.isNewline } ?? "unknown-\(UInt64.random(in: .min ... .max))"
    }
}
