#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#endif

/// Core's wall clock: this machine's, shifted by a fixed offset.
struct SimulatorClock: Sendable {
    /// What Core is ahead, in milliseconds.
    let offsetMilliseconds: Int64

    init(offset: Duration) {
        let parts = offset.components
        offsetMilliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
    }

    /// Core's time in milliseconds since 1970.
    var now: Int64 { Self.machineNow + offsetMilliseconds }

    /// This machine's time in milliseconds since 1970.
    static var machineNow: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// A time as the `Date` header writes it (RFC 9110 §5.6.7).
    static func httpDate(milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let day = days[Int(parts.tm_wday)]
        let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
        let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(day), \(date) \(time) GMT"
    }
}
