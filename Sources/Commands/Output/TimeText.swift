private import Glibc
internal import Jobs

/// Moments and durations as text.
enum TimeText {
    /// RFC 3339 in UTC with milliseconds.
    static func rfc3339(_ moment: Timestamp) -> String {
        var seconds = time_t(moment.milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return digits(Int(parts.tm_year) + 1900, 4) + "-" + digits(Int(parts.tm_mon) + 1, 2) + "-"
            + digits(Int(parts.tm_mday), 2) + "T" + clock(parts) + "."
            + digits(Int(moment.milliseconds % 1_000), 3) + "Z"
    }

    /// How long ago a moment was, such as `3m ago`.
    static func ago(_ moment: Timestamp, now: Timestamp) -> String {
        let elapsed = now - moment
        if elapsed < .zero { return "in " + short(.zero - elapsed) }
        return elapsed < .seconds(1) ? "now" : short(elapsed) + " ago"
    }

    /// A duration in at most two units, such as `1m 5s` or `3.2s`.
    static func short(_ duration: Duration) -> String {
        // A clock that was set back does not make work take less than nothing.
        let duration = max(duration, .zero)
        let seconds = duration.inSeconds
        if seconds < 1 { return "\(duration.inMilliseconds)ms" }
        if seconds < 9.95 { return "\((seconds * 10).rounded() / 10)s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole)s" }
        if whole < 3_600 { return pair(whole / 60, "m", whole % 60, "s") }
        if whole < 86_400 { return pair(whole / 3_600, "h", whole % 3_600 / 60, "m") }
        return pair(whole / 86_400, "d", whole % 86_400 / 3_600, "h")
    }

    private static func pair(_ major: Int, _ unit: String, _ minor: Int, _ small: String)
        -> String
    {
        minor == 0 ? "\(major)\(unit)" : "\(major)\(unit) \(minor)\(small)"
    }

    private static func clock(_ parts: tm) -> String {
        digits(Int(parts.tm_hour), 2) + ":" + digits(Int(parts.tm_min), 2) + ":"
            + digits(Int(parts.tm_sec), 2)
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
