internal import JobStore
internal import Jobs

/// Durations as texts.
enum DurationText {
    /// In at most two units: `45s`, `2m 34s`, `1h 5m`.
    static func exact(_ duration: Duration) -> String {
        let milliseconds = max(0, duration.inMilliseconds)
        let seconds = (milliseconds + 500) / 1_000
        switch seconds {
        case 0: return "\(milliseconds)ms"
        case ..<60: return "\(seconds)s"
        case ..<3_600: return pair(seconds / 60, "m", seconds % 60, "s")
        case ..<86_400: return pair(seconds / 3_600, "h", seconds % 3_600 / 60, "m")
        default: return pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h")
        }
    }

    /// From the median to the ninetieth percentile: `2-5 minutes`, `about 40 seconds`.
    static func estimate(_ estimate: DurationEstimate) -> String {
        let high = max(1, (estimate.p90.inMilliseconds + 999) / 1_000)
        let (size, unit): (Int64, String) =
            high < 120 ? (1, "second") : high < 7_200 ? (60, "minute") : (3_600, "hour")
        let last = (high + size - 1) / size
        let first = max(1, min(last, estimate.median.inMilliseconds / 1_000 / size))
        guard first < last else { return "about \(last) \(unit)\(last == 1 ? "" : "s")" }
        return "\(first)-\(last) \(unit)s"
    }

    private static func pair(
        _ major: Int64, _ unit: String, _ minor: Int64, _ small: String
    ) -> String {
        minor == 0 ? "\(major)\(unit)" : "\(major)\(unit) \(minor)\(small)"
    }
}
