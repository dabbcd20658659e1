package import JSON

/// What a measurement saw.
package struct Figures: Sendable, Hashable {
    package let measure: Measure
    /// Jobs per second: the median of the rounds.
    package let perSecond: Double
    /// Of one call: one job, one batch, or one bulk.
    package let p50: Duration
    package let p99: Duration
    /// Jobs per second of the C loop in the same rounds.
    package let baselinePerSecond: Double
    /// The median of the rounds' ratios, which is steadier than the ratio of the medians.
    package let ratio: Double
    /// The load average of the last minute, at the end.
    package let load: Double
    /// A write of 4 KiB and its sync on the same disk: the median.
    package let fsync: Duration

    package var json: JSONObject {
        [
            "measure": .string(measure.rawValue), "per_s": .rounded(perSecond, places: 0),
            "p50_us": .rounded(p50 / .microseconds(1), places: 0),
            "p99_us": .rounded(p99 / .microseconds(1), places: 0),
            "baseline_per_s": .rounded(baselinePerSecond, places: 0),
            "ratio": .rounded(ratio, places: 2), "load": .rounded(load, places: 2),
            "fsync_us": .rounded(fsync / .microseconds(1), places: 0),
        ]
    }
}

extension JSONValue {
    fileprivate static func rounded(_ value: Double, places: Int) -> JSONValue {
        guard value.isFinite, abs(value) < 1e12 else { return .null }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard places > 0 else { return .number("\(scaled)") }
        let digits = "\(abs(scaled) % scale)"
        let padding = String(repeating: "0", count: places - digits.count)
        let sign = scaled < 0 ? "-" : ""
        return .number("\(sign)\(abs(scaled) / scale).\(padding)\(digits)")
    }
}
