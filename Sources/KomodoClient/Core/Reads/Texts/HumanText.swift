internal import Jobs

/// Numbers as the documentation writes them for people.
enum HumanText {
    /// `45%`.
    static func percent(_ value: Double) -> String {
        decimal(value, digits: 0) + "%"
    }

    /// `2.1GB / 4GB`.
    static func gigabytes(_ used: Double, of total: Double) -> String {
        "\(gigabytes(used)) / \(gigabytes(total))"
    }

    /// `2.1GB`.
    static func gigabytes(_ value: Double) -> String {
        decimal(value, digits: 1) + "GB"
    }

    /// `1.2MB/s`.
    static func rate(_ bytesPerSecond: Double) -> String {
        var value = max(bytesPerSecond, 0)
        var unit = "B/s"
        for next in ["KB/s", "MB/s", "GB/s"] where value >= 1_000 {
            value /= 1_000
            unit = next
        }
        return decimal(value, digits: unit == "B/s" ? 0 : 1) + unit
    }

    /// `2m 34s`; parts of a second count only below one.
    static func duration(_ duration: Duration) -> String {
        let milliseconds = duration.inMilliseconds
        guard milliseconds >= 1_000 else { return "\(max(milliseconds, 0))ms" }
        let seconds = milliseconds / 1_000
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"),
            (seconds % 60, "s"),
        ]
        let shown = parts.drop { $0.0 == 0 }.filter { $0.0 > 0 }
        return shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    /// A finite number with at most `digits` after the point, and no zeros at its end.
    static func decimal(_ value: Double, digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return value.isFinite ? "\(value)" : "0" }
        let scale = (0..<digits).reduce(Int64(1)) { scale, _ in scale * 10 }
        let scaled = Int64((value * Double(scale)).rounded())
        let whole = "\(scaled < 0 ? "-" : "")\(scaled.magnitude / UInt64(scale))"
        let rest = String(scaled.magnitude % UInt64(scale))
        guard scale > 1, rest != "0" else { return whole }
        var fraction = String(repeating: "0", count: digits - rest.count) + rest
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }
}
