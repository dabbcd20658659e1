internal import Jobs

/// Moments and durations as text.
enum TimeText {
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
}
